use hmac::{Hmac, KeyInit, Mac};
use lamplighter_core::{Error, ErrorKind};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How many bytes a signature has.
const BYTES: usize = 32;

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no secret to check it with; an empty one is none.
    #[error("no webhook secret is configured")]
    NoSecret,
    /// It has no signature.
    #[error("the delivery is not signed; set the webhook's secret on GitHub")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("the signature is not one of SHA-256")]
    Malformed,
    /// It was not signed with our secret, or was altered since.
    #[error("the signature does not fit; is the webhook's secret the same on both sides?")]
    Wrong,
}

impl From<SignatureError> for Error {
    fn from(error: SignatureError) -> Self {
        let kind = match error {
            SignatureError::NoSecret => ErrorKind::InvalidInput,
            _ => ErrorKind::Permission,
        };
        Self::new(kind, error.to_string()).with_source(error)
    }
}

/// Checks the signature of a delivery, over the bytes as they came, in constant time. `header` is `X-Hub-Signature-256`;
/// the older `X-Hub-Signature` is not believed.
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
///
/// # Errors
/// [`SignatureError`]: the delivery must not be looked into.
pub fn verify(secret: &SecretString, raw: &[u8], header: Option<&str>) -> Result<(), SignatureError> {
    verify_any([secret], raw, header)
}

/// The same with several secrets, any of which will do, for as long as one takes the place of another.
///
/// # Errors
/// [`SignatureError`]: the delivery must not be looked into.
pub fn verify_any<'a>(
    secrets: impl IntoIterator<Item = &'a SecretString>,
    raw: &[u8],
    header: Option<&str>,
) -> Result<(), SignatureError> {
    // With an empty key anybody could sign.
    let mut secrets = secrets.into_iter().filter(|secret| !secret.expose_secret().is_empty()).peekable();
    secrets.peek().ok_or(SignatureError::NoSecret)?;
    let header = header.ok_or(SignatureError::Missing)?;
    let signature = header.strip_prefix("sha256=").and_then(bytes).ok_or(SignatureError::Malformed)?;
    let fits = |secret: &SecretString| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
        mac.update(raw);
        mac.verify_slice(&signature).ok()
    };
    secrets.find_map(fits).ok_or(SignatureError::Wrong)
}

/// Exactly as many hexadecimal digits as a signature has.
fn bytes(digits: &str) -> Option<[u8; BYTES]> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let mut bytes = [0; BYTES];
    if pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = value(*high)? << 4 | value(*low)?;
    }
    Some(bytes)
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that GitHub's documentation gives for testing.
    const EXAMPLE: (&str, &[u8], &str) = (
        "It's a Secret to Everybody",
        b"Hello, World!",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    );

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn githubs_own_example_is_believed() {
        let (key, raw, header) = EXAMPLE;
        assert_eq!(verify(&secret(key), raw, Some(header)), Ok(()));
        assert_eq!(verify(&secret(key), raw, Some(&header.to_uppercase().replace("SHA256", "sha256"))), Ok(()));
        assert_eq!(verify_any([&secret("old"), &secret(key)], raw, Some(header)), Ok(()));
    }

    #[test]
    fn anything_else_is_not() {
        let (key, raw, header) = EXAMPLE;
        let digits = header.strip_prefix("sha256=").unwrap();
        let (short, long) = (&header[..header.len() - 1], format!("{header}0"));
        let flipped = header.replace("757107", "757108");
        let wide = format!("sha256={}é", &digits[..62]);
        for (key, raw, header, error) in [
            (key, raw, None, SignatureError::Missing),
            (key, raw, Some(""), SignatureError::Malformed),
            (key, raw, Some("sha256="), SignatureError::Malformed),
            (key, raw, Some(digits), SignatureError::Malformed),
            (key, raw, Some("sha1=757107ea0eb2509fc211221cce984b8a37570b6d"), SignatureError::Malformed),
            (key, raw, Some(short), SignatureError::Malformed),
            (key, raw, Some(&long), SignatureError::Malformed),
            (key, raw, Some(&wide), SignatureError::Malformed),
            (key, raw, Some(&flipped), SignatureError::Wrong),
            (key, b"Hello, World", Some(header), SignatureError::Wrong),
            ("another", raw, Some(header), SignatureError::Wrong),
            ("", raw, Some(header), SignatureError::NoSecret),
        ] {
            assert_eq!(verify(&secret(key), raw, header), Err(error), "{key} {header:?}");
        }
        assert_eq!(verify_any([], raw, Some(header)), Err(SignatureError::NoSecret));
        let signed_with_nothing = "sha256=e0ff02553d9a619661026c7aa1ddf59b7b44eac06a9908ff9e19961d481d4935";
        assert_eq!(verify_any([&secret(""), &secret("x")], raw, Some(signed_with_nothing)), Err(SignatureError::Wrong));
    }
}
