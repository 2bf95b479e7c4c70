use proptest::prelude::*;

use super::*;

fn check(cases: &[(&str, &str)]) {
    for (text, safe) in cases {
        assert_eq!(redact(text), *safe, "of {text}");
        assert_eq!(redact(safe), *safe, "redacted twice");
    }
}

#[test]
fn what_looks_like_a_secret_is_hidden_and_the_rest_is_kept() {
    check(&[
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted]"),
        (r#""api_key": "abc", "user": "ada""#, r#""api_key": "[redacted]", "user": "ada""#),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
        ("Authorization: Token abc x", "Authorization: Token [redacted] x"),
        ("password : x y", "password : [redacted] y"),
        ("password= x y", "password= [redacted] y"),
        ("using ghp_0123456789abcdef now", "using [redacted] now"),
        ("token eyJhbGciOiJIUzI1NiJ9.e30.x", "token [redacted]"),
        ("https://ada:pw@host/path?x", "https://[redacted]@host/path?x"),
        ("-----BEGIN RSA PRIVATE KEY----- MII", "[redacted]"),
        ("secretKey: abc, secret-id: def", "secretKey: [redacted], secret-id: [redacted]"),
        ("spring.datasource.password: x", "spring.datasource.password: [redacted]"),
        ("config/password:hunter2", "config/password:[redacted]"),
    ]);
}

#[test]
fn every_pair_of_a_word_is_looked_at() {
    check(&[
        (
            r#"{"level":"error","password":"hunter2","user":"ada"}"#,
            r#"{"level":"error","password":"[redacted]","user":"ada"}"#,
        ),
        ("user=ada&password=hunter2", "user=ada&password=[redacted]"),
        ("level=info,password=hunter2", "level=info,password=[redacted]"),
        ("token=abc&user=ada;pwd=x;a=b", "token=[redacted]&user=ada;pwd=[redacted];a=b"),
        ("https://h/cb?token=abc", "https://h/cb?token=[redacted]"),
        ("https://h/cb#access_token=abc&x=1", "https://h/cb#access_token=[redacted]&x=1"),
        ("GET https://x/y?api_key=zzz HTTP/1.1", "GET https://x/y?api_key=[redacted] HTTP/1.1"),
        (r#""GET /y?api_key=zzz" 200"#, r#""GET /y?api_key=[redacted]" 200"#),
        (r#"{"msg":"x","jwt":"eyJhbGciOi..."}"#, r#"{"msg":"x","jwt":"[redacted]"}"#),
        (r#"{"msg":"x","auth":"eyJhbGciOiJIUzI1NiJ9.e"}"#, r#"{"msg":"x","auth":"[redacted]"}"#),
        ("postgres://a:b@h/x,postgres://c:d@h2/y", "postgres://[redacted]@h/x,postgres://[redacted]@h2/y"),
        ("redis://a:b@h,redis://c:d@h2", "redis://[redacted]@h,redis://[redacted]@h2"),
        ("postgres://a:p#s?s@h/x", "postgres://[redacted]@h/x"),
        ("https://h/ghp_0123456789abcdef?x=1", "https://h/[redacted]?x=1"),
        ("a=ghp_0123456789abcdef,b=AKIA0123456789AB", "a=[redacted],b=[redacted]"),
    ]);
}

#[test]
fn a_value_is_hidden_to_its_end() {
    check(&[
        (r#"password="correct horse" x"#, r#"password="[redacted]" x"#),
        (r#"{"password":"a\"b","c":"d"}"#, r#"{"password":"[redacted]","c":"d"}"#),
        (r#"{\"password\":\"a b\",\"c\":\"d\"}"#, r#"{\"password\":\"[redacted]\",\"c\":\"d\"}"#),
        ("password='it''s' x", "password='[redacted]' x"),
        ("password=a,b;c&d e", "password=[redacted] e"),
        ("password=b'a b' x", "password=[redacted]' x"),
        (r#"password=Some("a b") x"#, r#"password=[redacted]") x"#),
        (r#""credentials":["a","b"],"c":"d""#, r#""credentials":[redacted],"c":"d""#),
        (r#""secret":{"a":"}b"},"c":"d""#, r#""secret":[redacted],"c":"d""#),
        (r#"password="not closed at all"#, r#"password="[redacted]"#),
        ("password => 'x', a => 'b'", "password => '[redacted]', a => 'b'"),
        ("token=&a=b", "token=&a=b"),
        (r#"token="" a=b"#, r#"token="" a=b"#),
        ("(token=ü,ö)", "(token=[redacted])"),
    ]);
}

#[test]
fn lines_without_secrets_stay_unchanged() {
    let lines = [
        "",
        "nothing here: 42 errors",
        "Ünïcode tökens=1",
        "the token expired",
        "token expired",
        "2026-03-01T10:00:00.123Z WARN token expired at 2026-03-01T09:00:00+01:00",
        "[10:00:00] password changed",
        "\tat com.acme.TokenService.check(TokenService.java:42)",
        "Caused by: com.acme.InvalidTokenException: expired an hour ago",
        "jwt.exceptions.ExpiredSignatureError: Signature has expired",
        "/app/internal/token.go:42 +0x1d",
        "at check (/app/token.js:10:5)",
        "   2: app::token::verify at src/token.rs:10:5",
        r"in C:\src\Token.cs:line 42",
        "https://host:8080/a@b",
        "https://host/tokens/list?page=2&sort=name#top",
        r#"secret "db-password" not found"#,
        "couldn't find key password in Secret apps/db",
        r#"MountVolume.SetUp failed for volume "db-secret" : secret "db-secret" not found"#,
        r#"MountVolume.SetUp failed for volume "default-token-x7k2p" : timed out waiting for the condition"#,
        "Back-off restarting failed container token-service in pod token-service-7d9f_apps(1b2c)",
        r#"deployment "token-service": 0 of 2 ready"#,
        "pod apps/token-service-7d9f: OOMKilled",
        r#"Failed to pull image "ghcr.io/acme/token-service:1.4": rpc error: code = NotFound"#,
        "registry:5000/acme/secret-sync:v1.2.3-alpine",
        "ghcr.io/acme/token-service@sha256:0123456789abcdef",
        "token-service:latest acme/tokenizer:a1b2c3 vault-secret:1.2",
    ];
    for line in lines {
        assert_eq!(redact(line), line);
    }
}

#[test]
fn a_huge_line_takes_time_in_proportion() {
    for part in ["token=", "a://", "password:\"", "token=a,", "\\\"", "token:[", "token : ", ",a\\\\", "eyJ/"] {
        let line = part.repeat(200_000);
        assert!(redact(&line).len() <= line.len() * 3);
    }
}

const QUOTES: [(&str, &str); 5] = [("", ""), ("\"", "\""), ("'", "'"), ("`", "`"), ("\\\"", "\\\"")];
const AROUND: [(&str, &str); 14] = [
    (" ", " "),
    ("x=1&", "&y=2"),
    ("x=1,", ",y=2"),
    ("x=1;", ";y=2"),
    ("{", "}"),
    ("[", "]"),
    ("(", ")"),
    ("https://h/p?", ""),
    ("https://h/p?x=1&", " 200"),
    ("\"", "\""),
    ("'", "'"),
    ("x\n", "\ny"),
    ("{\"x\":\"1\",", ",\"y\":\"2\"}"),
    ("<", ">"),
];

proptest! {
    #[test]
    fn a_planted_secret_never_survives(
        key in prop::sample::select(KEYS.to_vec()),
        shout in any::<bool>(),
        before in prop::sample::select(vec!["", "db_", "X-", "app."]),
        sign in prop::sample::select(vec!["=", ":", ": ", " = ", " : ", "=>", " => ", ":=", "= "]),
        key_quote in prop::sample::select(QUOTES.to_vec()),
        value_quote in prop::sample::select(QUOTES.to_vec()),
        around in prop::sample::select(AROUND.to_vec()),
        secret in "Zq7[A-Za-z0-9._~+/%$*^=:@!ü-]{1,40}",
    ) {
        let key = if shout { key.to_uppercase() } else { key.to_owned() };
        // Kubernetes writes `volume "db-secret" : message`: a quoted name is followed by a quoted value.
        let quoted = sign == " : " && !key_quote.0.is_empty() && value_quote.0.is_empty();
        let value_quote = if quoted { key_quote } else { value_quote };
        let line = format!(
            "{}{}{before}{key}{}{sign}{}{secret}{}{}",
            around.0, key_quote.0, key_quote.1, value_quote.0, value_quote.1, around.1
        );
        let safe = redact(&line);
        prop_assert!(!safe.contains("Zq7"), "{line} became {safe}");
        // No tail of it either.
        let tail: String = secret.chars().skip(3).collect();
        prop_assert!(tail.chars().count() < 6 || !safe.contains(&tail), "{line} became {safe}");
        prop_assert_eq!(redact(&safe), safe);
    }

    #[test]
    fn users_and_passwords_of_addresses_never_survive(
        secrets in prop::collection::vec("Zq7[A-Za-z0-9._~+%$*^=:!,;&?#-]{0,20}", 1..4),
        between in prop::sample::select(vec![",", ";", " ", "|", "\",\""]),
    ) {
        let addresses: Vec<String> = secrets.iter().map(|secret| format!("postgres://app:{secret}@db/x")).collect();
        let safe = redact(&addresses.join(between));
        prop_assert!(!safe.contains("Zq7"), "{}", safe);
        prop_assert_eq!(redact(&safe), safe);
    }

    #[test]
    fn what_is_shown_stands_in_the_text_in_its_order(text in "(token|=|:|\"|'|\\\\|[\\[\\](){}<>&,;? \n]|://|@|ü|a){0,60}") {
        let safe = redact(&text);
        let mut rest = text.as_str();
        for shown in safe.split(GONE) {
            let found = rest.find(shown);
            prop_assert!(found.is_some(), "{text} became {safe}");
            rest = &rest[found.unwrap() + shown.len()..];
        }
    }
}
