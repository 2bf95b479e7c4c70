//! The packets of engine.io 4 and socket.io 5 (the protocol of socket.io 4), as far as Uptime Kuma uses them: text, in
//! the default namespace.
//!
//! <https://github.com/socketio/engine.io-protocol> and <https://github.com/socketio/socket.io-protocol>.

use serde_json::Value;

/// What a server sends, of what is looked at here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Incoming {
    /// `0`: the transport is open.
    Open,
    /// `2`: are you there?
    Ping,
    /// `1`, or `41`: the server closes.
    Closed,
    /// `40`: the namespace is connected.
    Connected,
    /// `44`: the namespace is refused.
    Refused,
    /// `42`: an event.
    Event {
        /// Its name.
        name: String,
        /// What comes with it.
        arguments: Vec<Value>,
    },
    /// `43`: the answer to an event of ours.
    Ack {
        /// Which.
        id: u64,
        /// What comes with it.
        arguments: Vec<Value>,
    },
    /// Anything that has no meaning here: upgrades, other namespaces, attachments.
    Other,
}

impl Incoming {
    /// Reads a text frame; `None` when it is no packet.
    pub(crate) fn parse(frame: &str) -> Option<Self> {
        let mut chars = frame.chars();
        match chars.next()? {
            '0' => Some(Self::Open),
            '1' => Some(Self::Closed),
            '2' => Some(Self::Ping),
            '3' | '5' | '6' => Some(Self::Other),
            '4' => Self::message(chars.as_str()),
            _ => None,
        }
    }

    fn message(packet: &str) -> Option<Self> {
        let mut chars = packet.chars();
        let kind = chars.next()?;
        let rest = chars.as_str();
        if rest.starts_with('/') {
            return Some(Self::Other);
        }
        match kind {
            '0' => Some(Self::Connected),
            '1' => Some(Self::Closed),
            '4' => Some(Self::Refused),
            '2' => {
                let (_, payload) = numbered(rest)?;
                let mut arguments = list(payload)?;
                if arguments.is_empty() {
                    return None;
                }
                let Value::String(name) = arguments.remove(0) else { return None };
                Some(Self::Event { name, arguments })
            }
            '3' => {
                let (id, payload) = numbered(rest)?;
                Some(Self::Ack { id: id?, arguments: list(payload)? })
            }
            '5' | '6' => Some(Self::Other),
            _ => None,
        }
    }
}

/// A number, where there is one, and what comes after it.
fn numbered(text: &str) -> Option<(Option<u64>, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let number = if digits.is_empty() { None } else { Some(digits.parse().ok()?) };
    Some((number, rest))
}

fn list(payload: &str) -> Option<Vec<Value>> {
    serde_json::from_str(payload).ok()
}

/// Connects the default namespace.
pub(crate) const CONNECT: &str = "40";

/// The answer to [`Incoming::Ping`].
pub(crate) const PONG: &str = "3";

/// An event that asks for an answer.
pub(crate) fn event(id: u64, name: &str, arguments: &[Value]) -> String {
    let all: Vec<Value> = std::iter::once(Value::from(name)).chain(arguments.iter().cloned()).collect();
    format!("42{id}{}", Value::Array(all))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn packets_are_read_as_the_protocol_has_them() {
        let event = |name: &str, arguments: Vec<Value>| Incoming::Event { name: name.to_owned(), arguments };
        for (frame, expected) in [
            (
                r#"0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#,
                Incoming::Open,
            ),
            ("1", Incoming::Closed),
            ("2", Incoming::Ping),
            ("2probe", Incoming::Ping),
            ("6", Incoming::Other),
            (r#"40{"sid":"y"}"#, Incoming::Connected),
            ("40", Incoming::Connected),
            ("41", Incoming::Closed),
            (r#"44{"message":"no"}"#, Incoming::Refused),
            (r#"42["info",{"version":"2.0.2"}]"#, event("info", vec![json!({"version": "2.0.2"})])),
            (r#"4217["info"]"#, event("info", vec![])),
            (r#"437[{"ok":true},null]"#, Incoming::Ack { id: 7, arguments: vec![json!({"ok": true}), Value::Null] }),
            (r#"42/admin,["info"]"#, Incoming::Other),
            (r#"451-["file",{"_placeholder":true,"num":0}]"#, Incoming::Other),
        ] {
            assert_eq!(Incoming::parse(frame), Some(expected), "{frame}");
        }
    }

    #[test]
    fn what_is_no_packet_is_not_taken_for_one() {
        for frame in [
            "",
            "x",
            "7",
            "4",
            "4x",
            "49",
            "42",
            "42{}",
            "42[]",
            "42[1]",
            "42[\"a\"",
            "42x[\"a\"]",
            "43[]",
            "431",
            "43-1[]",
            "4399999999999999999999[]",
            "\u{ff14}2[\"a\"]",
            "4\u{0}",
        ] {
            assert_eq!(Incoming::parse(frame), None, "{frame}");
        }
    }

    proptest! {
        #[test]
        fn any_frame_is_read_or_refused(frame: String, digit in "[0-9]{1,3}") {
            let _ = Incoming::parse(&frame);
            let _ = Incoming::parse(&format!("{digit}{frame}"));
        }

        #[test]
        fn what_is_sent_reads_back(id: u64, name: String, said: String, number: i64) {
            let arguments = vec![json!({"said": said, "number": number}), Value::Null];
            let read = Incoming::parse(&event(id, &name, &arguments));
            prop_assert_eq!(read, Some(Incoming::Event { name, arguments }));
        }
    }
}
