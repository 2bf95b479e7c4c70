//! What a failed request says about the service, in words that may be shown to anybody.

use std::error::Error;
use std::io::ErrorKind;
use std::time::Duration;

use lamplighter_core::ports::MonitorState;
use rustls::CertificateError;

/// The state that a failure means, and what it was.
pub(crate) fn judge(error: &reqwest::Error, timeout: Duration) -> (MonitorState, String) {
    if error.is_timeout() {
        return (MonitorState::Down, format!("no answer within {timeout:?}"));
    }
    if error.is_redirect() {
        return (MonitorState::Down, "redirects to itself without end".to_owned());
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return (MonitorState::Down, format!("TLS failure: {}", of_tls(tls)));
    }
    if error.is_dns() {
        return of_dns(error);
    }
    if let Some(io) = cause::<std::io::Error>(error) {
        return of_io(io.kind());
    }
    let what =
        if error.is_connect() { "cannot be connected to" } else { "closes the connection or does not speak HTTP" };
    (MonitorState::Down, what.to_owned())
}

fn of_tls(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(certificate) => of_certificate(certificate),
        rustls::Error::InvalidMessage(_) => "the other side does not speak TLS",
        rustls::Error::AlertReceived(_) => "the other side refuses the connection",
        rustls::Error::PeerIncompatible(_) => "no version or cipher in common",
        _ => "no connection can be agreed upon",
    }
}

fn of_certificate(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name"
        }
        CertificateError::UnknownIssuer => "the certificate is from an issuer that is not trusted here",
        CertificateError::Revoked => "the certificate is revoked",
        _ => "the certificate is not valid",
    }
}

/// A name that does not exist is the service's fault; a resolver that does not answer is ours. The standard library
/// tells them apart only by the resolver's words: `EAI_AGAIN` reads like this in glibc and musl.
fn of_dns(error: &reqwest::Error) -> (MonitorState, String) {
    let mut is_ours = false;
    let mut next = error.source();
    while let Some(error) = next {
        let text = error.to_string();
        is_ours |= text.contains("Temporary failure") || text.contains("Try again");
        next = error.source();
    }
    if is_ours {
        return (MonitorState::Unknown, "names cannot be resolved from here".to_owned());
    }
    (MonitorState::Down, "its name does not resolve".to_owned())
}

fn of_io(kind: ErrorKind) -> (MonitorState, String) {
    let (state, what) = match kind {
        ErrorKind::ConnectionRefused => (MonitorState::Down, "connection refused"),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => (MonitorState::Down, "connection broken off"),
        ErrorKind::HostUnreachable => (MonitorState::Down, "host unreachable"),
        ErrorKind::TimedOut => (MonitorState::Down, "connection timed out"),
        ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::AddrNotAvailable => {
            (MonitorState::Unknown, "there is no network from here")
        }
        ErrorKind::PermissionDenied => (MonitorState::Unknown, "connecting is not allowed from here"),
        _ => (MonitorState::Down, "cannot be connected to"),
    };
    (state, what.to_owned())
}

/// The first cause of a type. I/O errors hide what they wrap from `source`.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source());
    }
    None
}

#[cfg(test)]
mod tests {
    use rustls::{AlertDescription, InvalidMessage};

    use super::*;

    #[test]
    fn tls_failures_are_told_apart_and_name_nobody() {
        let certificate = rustls::Error::InvalidCertificate;
        for (error, says) in [
            (certificate(CertificateError::Expired), "the certificate has expired"),
            (certificate(CertificateError::NotValidForName), "the certificate is for another name"),
            (
                certificate(CertificateError::UnknownIssuer),
                "the certificate is from an issuer that is not trusted here",
            ),
            (certificate(CertificateError::BadSignature), "the certificate is not valid"),
            (rustls::Error::AlertReceived(AlertDescription::HandshakeFailure), "the other side refuses the connection"),
            (rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType), "the other side does not speak TLS"),
            (rustls::Error::General("wiki.example.org".to_owned()), "no connection can be agreed upon"),
        ] {
            assert_eq!(of_tls(&error), says);
        }
    }

    #[test]
    fn a_network_of_ours_that_is_missing_says_nothing_about_a_service() {
        for (kind, state) in [
            (ErrorKind::ConnectionRefused, MonitorState::Down),
            (ErrorKind::HostUnreachable, MonitorState::Down),
            (ErrorKind::NetworkUnreachable, MonitorState::Unknown),
            (ErrorKind::PermissionDenied, MonitorState::Unknown),
            (ErrorKind::Other, MonitorState::Down),
        ] {
            assert_eq!(of_io(kind).0, state, "{kind}");
        }
    }
}
