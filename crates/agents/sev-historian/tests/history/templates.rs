use lamplighter_core::ports::ArchivedDocument;
use lamplighter_documents::PostMortem;
use lamplighter_sev_historian::{Index, Search};

use crate::archive::{document, index, reports};

const TEMPLATE: &str = "
## Summary
This is a blameless document. It was written by the owner of the service and reviewed by the reliability guild.
## Root Cause
Use the five whys technique. Describe the technical failure, the configuration, the deployment and the human factors. Link
database queries, memory graphs, network captures and certificate data as evidence.
## Resolution
Describe rollback, restart, failover, scaling and other steps with the exact commands that were executed on the cluster.
## Lessons Learned
What went well, what went wrong, where we got lucky. Runbooks and training are kept up to date.
";

fn firsts(index: &Index, documents: &[ArchivedDocument]) -> Vec<Option<String>> {
    let reports = documents.iter().filter(|document| !document.path.ends_with("html"));
    let ask = |document: &ArchivedDocument| {
        let search = Search { except: Some(document.path.clone()), ..Search::default() };
        let found = index.related(&PostMortem::read(&document.path, &document.text), &search);
        found.first().map(|past| past.path.clone())
    };
    reports.map(ask).collect()
}

#[test]
fn words_of_a_template_make_next_to_no_difference() {
    let plain = reports("shop");
    let wanted = firsts(&index(&plain), &plain);
    for every in [1, 2, 3] {
        let wrapped: Vec<_> = plain
            .iter()
            .enumerate()
            .map(|(at, report)| {
                let is_wrapped = at % every == 0 && report.path.starts_with("20") && !report.path.ends_with("html");
                let template = if is_wrapped { TEMPLATE } else { "" };
                document(&report.path, &format!("{}\n{template}", report.text))
            })
            .collect();
        let found = firsts(&index(&wrapped), &wrapped);
        let same = found.iter().zip(&wanted).filter(|(found, wanted)| found == wanted).count();
        assert!(same * 10 >= wanted.len() * 9, "{same} of {} with one in {every}", wanted.len());
    }
}

#[test]
fn a_long_report_does_not_win_by_its_length() {
    let noise = "The weather was fine and the team had lunch in the garden behind the old mill. ".repeat(200);
    let documents = [
        document("a.md", "# Wiki down\n\n## Root Cause\n\nThe certificate of the wiki had expired."),
        document("b.md", &format!("# A long day\n\n{noise}\n\nA certificate was looked at. {noise}")),
        document("c.md", "# Search slow\n\n## Root Cause\n\nThe replica lagged behind its primary."),
        document("d.md", "# Mail late\n\n## Root Cause\n\nThe queue was stuck behind a poison message."),
    ];
    let found = index(&documents).search("expired certificate", &Search::default());
    assert_eq!(found[0].path, "a.md");
}
