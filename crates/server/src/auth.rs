use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::answer::Refusal;

/// Whether a request shows one of these tokens. Digests are compared, all of them, in a time that says nothing of the tokens.
pub(crate) fn check_bearer(headers: &HeaderMap, tokens: &[SecretString]) -> Result<(), Refusal> {
    if tokens.is_empty() {
        return Err(Refusal::unauthorized("no API token is configured, so nobody may use this"));
    }
    let shown = bearer(headers).ok_or_else(|| Refusal::unauthorized("send Authorization: Bearer TOKEN"))?;
    let shown = Sha256::digest(shown);
    let is_known = tokens
        .iter()
        .fold(subtle::Choice::from(0), |known, token| known | shown.ct_eq(&Sha256::digest(token.expose_secret())));
    if bool::from(is_known) { Ok(()) } else { Err(Refusal::unauthorized("this token is not known")) }
}

/// The token of `Authorization: Bearer TOKEN`; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?.to_str().ok()?, values.next()) else { return None };
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], tokens: &[&str], expected: bool) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, value.parse().unwrap());
        }
        let tokens: Vec<SecretString> = tokens.iter().map(|token| SecretString::from(*token)).collect();
        assert_eq!(check_bearer(&headers, &tokens).is_ok(), expected, "{values:?}");
    }

    #[test]
    fn only_a_known_token_is_let_in() {
        for value in ["Bearer old", "bearer new", "BEARER  new "] {
            check(&[value], &["old", "new"], true);
        }
        for value in
            ["", "Bearer", "Bearer ", "Bearer ne", "Bearer newer", "Bearer NEW", "Basic new", "new", "Bearer new old"]
        {
            check(&[value], &["old", "new"], false);
        }
        check(&[], &["new"], false);
        check(&["Bearer new", "Bearer new"], &["new"], false);
        check(&["Bearer new"], &[], false);
        check(&["Bearer "], &[""], false);
    }
}
