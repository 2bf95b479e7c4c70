#![expect(clippy::indexing_slicing, reason = "what is picked is within its table")]
use std::fmt::Write as _;

use lamplighter_core::ports::ArchivedDocument;

use crate::random::Random;

/// What reports tell of, each with a cause in two wordings.
const CAUSES: [(&str, [&str; 2]); 12] = [
    (
        "ran out of connections",
        [
            "the connection pool was exhausted by a leak on an error path",
            "all slots of the server were taken by idle sessions",
        ],
    ),
    (
        "certificate",
        ["the certificate had expired because its renewal failed", "the chain lacked its intermediate certificate"],
    ),
    ("full disk", ["the volume had no space left after logs were not rotated", "WAL segments filled the disk"]),
    ("names", ["CoreDNS answered NXDOMAIN for names of the cluster", "a record of the zone was mistyped"]),
    (
        "memory",
        [
            "the container was OOMKilled because a cache grew without bound",
            "a memory leak in the parser reached the limit",
        ],
    ),
    ("retries", ["clients retried without backoff and kept it overloaded", "a retry storm followed a short pause"]),
    ("failover", ["the standby was not promoted when the primary failed", "automatic failover had been switched off"]),
    ("replication", ["the replica lagged hours behind its primary", "a replication slot held back the log"]),
    ("configuration", ["an empty value was pushed to production without a check", "a YAML file lost an indent"]),
    ("lock", ["a migration held an exclusive lock on the largest table", "an index was built without CONCURRENTLY"]),
    ("queue", ["one malformed message stopped the consumer again and again", "the backlog grew after a rebalance"]),
    ("node", ["the kubelet stopped after containerd hung", "the node was drained and never uncordoned"]),
];

const SYLLABLES: [&str; 20] = [
    "ba", "cor", "del", "fen", "gal", "hir", "jus", "kel", "lom", "mar", "nev", "oro", "pal", "quin", "ras", "sol",
    "tir", "ulm", "var", "zen",
];

/// So many reports of about 350 words in one template. The same number gives the same reports.
#[must_use]
pub fn reports(count: usize) -> Vec<ArchivedDocument> {
    let mut random = Random::new(5);
    (0..count).map(|at| report(&mut random, at)).collect()
}

fn report(random: &mut Random, at: usize) -> ArchivedDocument {
    let service = format!("{}-{}", name(random, 2), ["api", "db", "worker", "web"][pick(random, 4)]);
    let (kind, wordings) = &CAUSES[pick(random, CAUSES.len())];
    let cause = wordings[pick(random, 2)];
    let date = format!("20{:02}-{:02}-{:02}", 15 + random.below(11), 1 + random.below(12), 1 + random.below(28));
    let mut text = format!(
        "# {service}: {kind}\n\n| Field | Value |\n|---|---|\n| Date | {date} |\n| Severity | SEV{} |\n| Affected Services | {service} |\n\n\
         This document is blameless. It says what happened and what will be done.\n\n",
        1 + random.below(3)
    );
    for (heading, sentences) in [("Summary", 5), ("Impact", 3)] {
        let _ = write!(text, "## {heading}\n\n{}\n\n", prose(random, &service, sentences));
    }
    text.push_str("## Timeline (UTC)\n\n");
    for row in 0..6 {
        let _ = writeln!(text, "- {:02}:{:02} {}", 8 + row, random.below(60), prose(random, &service, 1));
    }
    let _ = write!(
        text,
        "\n## Root Cause\n\nFor {service} {cause}. {}\n\n## Resolution\n\n{}\n\n## Prevention Plan\n\n\
         | Priority | Action | Type | Details | Status |\n|---|---|---|---|---|\n| P0 | {} | Config | see repository | TODO |\n\n\
         ## Lessons Learned\n\n{} The process worked well.\n",
        prose(random, &service, 4),
        prose(random, &service, 4),
        name(random, 3),
        prose(random, &service, 2)
    );
    ArchivedDocument { path: format!("{date}-{at:05}.md"), text }
}

/// Sentences of a few thousand made-up words, some of them much more frequent than others.
fn prose(random: &mut Random, service: &str, sentences: usize) -> String {
    let mut text = String::new();
    for _ in 0..sentences {
        let _ = write!(text, "The {service} ");
        for _ in 0..10 {
            // The square makes low numbers frequent.
            let number = random.below(64) * random.below(64);
            let (first, second) = (number / 60, number % 20);
            let word = |number: u64| SYLLABLES[usize::try_from(number % 20).unwrap_or(0)];
            let _ = write!(text, "{}{}{} ", word(first), word(second), word(first / 20 + second));
        }
        text.push_str("then. ");
    }
    text
}

fn name(random: &mut Random, syllables: usize) -> String {
    (0..syllables).map(|_| SYLLABLES[pick(random, SYLLABLES.len())]).collect()
}

fn pick(random: &mut Random, end: usize) -> usize {
    usize::try_from(random.below(u64::try_from(end).unwrap_or(1))).unwrap_or(0)
}
