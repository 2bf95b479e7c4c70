use jiff::SignedDuration;
use lamplighter_core::diagnosis::Signal;
use lamplighter_core::utc;
use lamplighter_core::words::Severity;

use crate::measured::{Measured, newest};
use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `certificates`: no certificate ends soon.
///
/// Relies on [`Signal::CertificateEnds`]: the `notAfter` of a certificate (RFC 5280, 4.1.2.5) as cert-manager or the
/// blackbox exporter report it, in seconds since 1970. Clients refuse a certificate from then on. A certificate that is
/// renewed by a machine is renewed weeks before (cert-manager renews after two thirds of its life), so that less
/// than 14 days mean that nobody renews it: a warning, and a failure below 2 days, while there is still time.
#[derive(Debug, Clone, Copy)]
pub struct Certificates;

const WARN: SignedDuration = SignedDuration::from_hours(14 * 24);
const FAIL: SignedDuration = SignedDuration::from_hours(2 * 24);

impl Check for Certificates {
    fn name(&self) -> &'static str {
        "certificates"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let certificates = newest(view, Signal::CertificateEnds, f64::min)?;
        Ok(Outcome::over("certificates", certificates, |certificate| look(view, &certificate)))
    }
}

fn look(view: &ClusterView<'_>, certificate: &Measured<'_>) -> Option<Observation> {
    let ends = certificate.time()?;
    let left = ends.duration_since(view.taken_at());
    if left >= WARN {
        return None;
    }
    let object = certificate.object("certificate");
    let summary = match left.as_hours() {
        _ if !left.is_positive() => format!("{object}: its certificate has ended"),
        hours if hours < 72 => format!("{object}: its certificate ends in {hours} hours"),
        hours => format!("{object}: its certificate ends in {} days", hours / 24),
    };
    let finding = certificate.finding(summary, "certificate").with_evidence(format!("it ends at {}", utc(ends)));
    Some(Observation::fail(Severity::Sev2, finding).softened_if(left >= FAIL))
}
