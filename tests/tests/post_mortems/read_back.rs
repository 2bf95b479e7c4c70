//! What is written reads back with the same items.

use lamplighter::core::diagnosis::Cause;
use lamplighter::core::words::Severity;
use lamplighter_documents::{ItemStatus, Part, PostMortem};

use crate::report;

#[test]
fn what_is_written_is_read_back_with_the_same_items() {
    for cause in Cause::ALL {
        let written = report(*cause);
        let read = PostMortem::read(&written.name, &written.text);
        assert_eq!(read.title, format!("Ledger fails by {cause}"));
        assert_eq!(read.date.map(|date| date.to_string()).as_deref(), Some("1970-01-01"));
        assert_eq!(read.severity, Some(Severity::Sev2), "{cause}");
        for part in [Part::Summary, Part::Impact, Part::Timeline, Part::RootCause, Part::Prevention, Part::RawData] {
            assert!(read.part(part).is_some(), "{cause}: no {part:?}");
        }
        let rows: Vec<(usize, Vec<&str>)> = (1..)
            .zip(written.text.lines())
            .filter(|(_, line)| line.starts_with("| P") && !line.starts_with("| Priority"))
            .map(|(number, line)| (number, line.trim_matches(['|', ' ']).split(" | ").collect()))
            .collect();
        assert!(rows.len() >= 4);
        assert_eq!(read.action_items.len(), rows.len(), "{cause}: {:#?}", read.action_items);
        for (item, (number, cells)) in read.action_items.iter().zip(&rows) {
            assert_eq!(item.line, *number, "{cause}");
            assert_eq!(item.priority.map(|priority| format!("{priority:?}")).as_deref(), cells.first().copied());
            assert_eq!(item.kind.map(|kind| format!("{kind:?}")).as_deref(), cells.get(2).copied(), "{cause}");
            assert!(!item.is_kind_inferred, "{cause}");
            assert_eq!(Some(item.action.as_str()), cells.get(1).copied().map(|cell| cell.replace('`', "")).as_deref());
            assert_eq!(item.status, ItemStatus::Todo, "{cause}");
        }
    }
}
