//! A service as triage sees it: its parts in the cluster and its monitors outside.

use lamplighter_core::ports::MonitorStatus;
use lamplighter_core::words::{CatalogedService, Health, Tier};

use crate::member::{Member, Standing};
use crate::outside::View;
use crate::roles::Role;

/// One service: an entry of the catalog, or a workload that is in none.
#[derive(Debug, Clone)]
pub(crate) struct Service<'a> {
    /// Its name in the catalog, or `NAMESPACE/WORKLOAD`.
    pub(crate) name: String,
    pub(crate) tier: Tier,
    pub(crate) entry: Option<&'a CatalogedService>,
    pub(crate) members: Vec<Member<'a>>,
    pub(crate) monitors: Vec<&'a MonitorStatus>,
    pub(crate) outside: View,
    /// What was warned of since its pods became ready.
    pub(crate) restless: Option<String>,
    /// The names of the Kubernetes services that lead to it.
    pub(crate) leads_here: Vec<String>,
    /// Whether it is known and does not count.
    pub(crate) known: bool,
}

/// What is wrong with a service, worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Impact {
    /// Nothing, as far as anybody knows.
    None,
    /// It comes and goes.
    Flapping,
    /// Less than half of it does not serve.
    Slight,
    /// It is seen down from outside, and the cluster does not confirm it.
    Outside,
    /// Half of it or more does not serve.
    Bad,
    /// It does not serve.
    Down,
}

impl Service<'_> {
    /// What is wrong with it.
    pub(crate) fn impact(&self) -> Impact {
        match self.health() {
            Health::Down => Impact::Down,
            Health::Degraded if self.members.iter().any(Member::is_badly_broken) => Impact::Bad,
            Health::Degraded => Impact::Slight,
            Health::Healthy | Health::Inconclusive => match self.outside {
                View::Down => Impact::Outside,
                View::Flapping => Impact::Flapping,
                View::Up | View::Silent if self.restless.is_some() => Impact::Flapping,
                View::Up | View::Silent => Impact::None,
            },
        }
    }

    /// Whether it works; healthy only when the cluster and a monitor say so.
    pub(crate) fn health(&self) -> Health {
        let parts = self.members.iter().filter(|member| !is_off_on_purpose(member));
        let (mut number, mut down, mut broken, mut whole) = (0, 0, 0, 0);
        for member in parts {
            number += 1;
            down += usize::from(member.is_down());
            broken += usize::from(member.is_broken());
            whole += usize::from(member.standing == Standing::Whole);
        }
        if number > 0 && down == number {
            return Health::Down;
        }
        match self.outside {
            View::Down if broken > 0 => Health::Down,
            _ if broken > 0 => Health::Degraded,
            View::Up if number > 0 && whole == number && self.restless.is_none() => Health::Healthy,
            _ => Health::Inconclusive,
        }
    }

    /// What it is for, where that makes it critical without a catalog.
    pub(crate) fn role(&self) -> Option<Role> {
        self.members.iter().find_map(|member| member.role)
    }

    /// Why it cannot be called healthy, or how it stands, in one sentence for a person.
    pub(crate) fn sentence(&self) -> String {
        let mut parts: Vec<_> = self.members.iter().filter(|member| member.is_broken()).map(Member::sentence).collect();
        if parts.is_empty() {
            parts = self.members.iter().map(Member::sentence).collect();
        }
        if parts.is_empty() {
            parts.push("no workload of it is known".to_owned());
        }
        parts.extend(self.restless.iter().map(|warning| format!("warned of since: {warning}")));
        parts.push(match self.monitors.as_slice() {
            [] => "no monitor watches it".to_owned(),
            monitors => monitors.iter().map(|monitor| crate::outside::line(monitor)).collect::<Vec<_>>().join(", "),
        });
        parts.join("; ")
    }
}

fn is_off_on_purpose(member: &Member<'_>) -> bool {
    member.standing == Standing::Off { seems_wrong: None }
}
