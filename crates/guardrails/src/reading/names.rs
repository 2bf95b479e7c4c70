//! Names, taken apart into words.

/// Parts of words that stand for a secret or a store of secrets, across the providers in common use.
const SECRET_PARTS: [&str; 22] = [
    "secret",
    "vault",
    "passw",
    "passphrase",
    "passkey",
    "credential",
    "token",
    "keystore",
    "keypair",
    "keyring",
    "apikey",
    "privatekey",
    "accesskey",
    "sshkey",
    "signingkey",
    "encryptionkey",
    "privkey",
    "bitwarden",
    "infisical",
    "doppler",
    "gpgkey",
    "pgpkey",
];

/// Words that do so only together, or only alone.
const SECRET_WORDS: [&str; 17] = [
    "private key",
    "access key",
    "api key",
    "ssh key",
    "signing key",
    "encryption key",
    "account key",
    "auth key",
    "deploy key",
    "shared key",
    "key pair",
    "ssm parameter",
    "kms",
    "gpg",
    "pgp",
    "sops",
    "tls key",
];

/// The words of a name in lower case: `kubernetes_secret_v1`, `VaultAuth`, `db-password`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut previous_is_small = false;
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || (c.is_uppercase() && previous_is_small);
        if begins && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        previous_is_small = c.is_lowercase() || c.is_numeric();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// A name, taken apart once.
pub(crate) struct Name {
    lower: String,
    words: Vec<String>,
}

impl Name {
    pub(crate) fn of(name: &str) -> Self {
        Self { lower: name.to_lowercase(), words: words(name) }
    }

    /// Whether these words, in lower case and with spaces between, stand in it one after the other. Digits at
    /// the end of a word do not make it another (`vault2`).
    pub(crate) fn has(&self, wanted: &str) -> bool {
        let wanted: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
        let same = |word: &String, wanted: &str| {
            word == wanted || word.trim_end_matches(|c: char| c.is_ascii_digit()) == wanted
        };
        let stands = |run: &[String]| run.iter().zip(&wanted).all(|(word, wanted)| same(word, wanted));
        !wanted.is_empty() && self.words.windows(wanted.len()).any(stands)
    }

    /// Whether any of these stands in it.
    pub(crate) fn has_any(&self, wanted: &[&str]) -> bool {
        wanted.iter().any(|words| self.has(words))
    }

    /// Whether it speaks of a secret.
    pub(crate) fn is_secret(&self) -> bool {
        SECRET_PARTS.iter().any(|part| self.lower.contains(part)) || self.has_any(&SECRET_WORDS)
    }
}

/// Whether a name speaks of a secret.
pub(crate) fn names_secret(name: &str) -> bool {
    Name::of(name).is_secret()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        let cases = [
            ("kubernetes_secret_v1", "kubernetes secret v1"),
            ("PersistentVolumeClaim", "persistent volume claim"),
            ("DB_PASSWORD", "db password"),
            ("postgresql.cnpg.io/v1", "postgresql cnpg io v1"),
            ("", ""),
            ("--", ""),
            ("s3Bucket", "s3 bucket"),
        ];
        for (name, expected) in cases {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "kubernetes_secret_v1",
            "vault_kv_secret_v2",
            "azurerm_key_vault_key",
            "aws_iam_access_key",
            "tls_private_key",
            "random_password",
            "github_actions_secret",
            "aws_ssm_parameter",
            "aws_kms_key",
            "DB_PASSWD",
            "ExternalSecret",
            "SSH-KEY",
            "apiToken",
            "onepassword_item",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in [
            "kubernetes_deployment_v1",
            "default",
            "memory",
            "monkey",
            "key",
            "kmsg",
            "password_less".get(..4).unwrap(),
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn words_are_found_in_their_order_only() {
        for (name, wanted, found) in [
            ("vault-config", "vault", true),
            ("my_vault2", "vault", true),
            ("default", "vault", false),
            ("cert-manager-edge", "cert manager", true),
            ("manager-cert", "cert manager", false),
            ("anything", "", false),
        ] {
            assert_eq!(Name::of(name).has(wanted), found, "{name} / {wanted}");
        }
    }
}
