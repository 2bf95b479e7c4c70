use std::collections::BTreeMap;
use std::process::ExitCode;

use super::archive::OpenArchive;
use crate::output::{BOLD, DIM, Output, YELLOW, in_one_line};

/// How many lines a list has.
const LIST: usize = 12;

pub(crate) fn run(output: &Output, archive: &OpenArchive) -> anyhow::Result<ExitCode> {
    let stats = archive.index.stats();
    output.line(format_args!(
        "{BOLD}{} incidents{BOLD:#}, and {} documents that tell of none; {} action items are open",
        stats.incidents, stats.other_documents, stats.open_items
    ));
    let by_name = |name: &str, counts: &BTreeMap<String, usize>| {
        let line: Vec<_> = counts.iter().map(|(key, count)| format!("{key} {count}")).collect();
        output.line(format_args!("by {name}: {}", line.join(", ")));
    };
    let by_count = |name: &str, counts: &BTreeMap<String, usize>| {
        output.line(format_args!("by {name}:"));
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by(|(one, first), (other, second)| second.cmp(first).then_with(|| one.cmp(other)));
        for (key, count) in counts.iter().take(LIST) {
            output.line(format_args!("  {count:>4}  {key}"));
        }
        if counts.len() > LIST {
            output.line(format_args!("  {DIM}and {} more{DIM:#}", counts.len() - LIST));
        }
    };
    by_name("severity", &stats.by_severity);
    by_name("month", &stats.by_month);
    by_count("cause", &stats.by_cause);
    by_count("service", &stats.by_service);
    output.line(format_args!(
        "{} reports claim another severity than our rules give; {} say too little to compare",
        stats.disagreements.len(),
        stats.not_compared
    ));
    for one in &stats.disagreements {
        output.line(format_args!(
            "  {YELLOW}{} is {} by our rules{YELLOW:#}: {}",
            one.claimed,
            one.ruled,
            in_one_line(&one.path)
        ));
        for reason in &one.reasons {
            output.line(format_args!("    because {reason}"));
        }
    }
    output.value(&stats)?;
    Ok(ExitCode::SUCCESS)
}
