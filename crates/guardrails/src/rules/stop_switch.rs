//! Forbids everything while the global stop switch is on (SPEC §6, "a global stop switch").
//!
//! A switch that cannot be read counts as on: whoever turned it on must not be overruled by a full disk.

use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::markdown::inert;
use lamplighter_core::ports::StopSwitch;
use lamplighter_core::words::Change;
use lamplighter_core::{Context, Guardrail, Result, Verdict};

pub(super) struct StopSwitchIsOff(pub(super) Arc<dyn StopSwitch>);

#[async_trait]
impl Guardrail<Change> for StopSwitchIsOff {
    fn name(&self) -> &'static str {
        "stop-switch"
    }

    async fn check(&self, _cx: &Context, _change: &Change) -> Result<Verdict> {
        Ok(match self.0.stopped().await {
            Ok(None) => Verdict::allow("the stop switch is off"),
            Ok(Some(why)) => Verdict::deny(format!("everything is stopped: {}", inert(&why))),
            Err(error) => Verdict::deny(format!(
                "the stop switch cannot be read, which counts as stopped: {}",
                error.public_message()
            )),
        })
    }
}

#[cfg(test)]
mod tests {
    use lamplighter_core::{Error, ErrorKind};
    use lamplighter_testkit::context;

    use super::super::fixtures::{change, restart, word};
    use super::*;

    type Answer = fn() -> Result<Option<String>>;

    struct Switch(Answer);

    #[async_trait]
    impl StopSwitch for Switch {
        async fn stopped(&self) -> Result<Option<String>> {
            (self.0)()
        }
    }

    #[tokio::test]
    async fn nothing_is_done_unless_the_switch_is_known_to_be_off() {
        let cases: [(Answer, &str); 4] = [
            (|| Ok(None), "allow"),
            (|| Ok(Some("maintenance".to_owned())), "deny"),
            (|| Ok(Some(String::new())), "deny"),
            (|| Err(Error::new(ErrorKind::Unavailable, "disk gone")), "deny"),
        ];
        let change = change(lamplighter_core::words::Action::RestartPod(restart()));
        for (switch, expected) in cases {
            let rule = StopSwitchIsOff(Arc::new(Switch(switch)));
            let said = rule.check(&context("t"), &change).await.unwrap();
            assert_eq!(word(&said), expected, "{said:?}");
            assert!(!said.reason().contains("disk gone"));
        }
    }
}
