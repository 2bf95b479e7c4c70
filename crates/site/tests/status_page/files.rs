use lamplighter_core::ports::SiteFile;
use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{Contrast, DayCell, OverallState, Ratio, ServiceState, SourceState, Status};
use lamplighter_site::{StatusPage, StatusPageSettings};

use crate::world::{blind, busy, many, nothing, one, past, quiet, set, settings};

pub(crate) fn site(status: &Status) -> Vec<SiteFile> {
    StatusPage::new(status, settings()).files().unwrap()
}

pub(crate) fn text<'a>(files: &'a [SiteFile], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("there is no {path}"));
    std::str::from_utf8(&file.content).unwrap()
}

#[test]
fn the_page_is_small() {
    let sizes = |status: &Status| {
        let files = site(status);
        (text(&files, "index.html").len(), text(&files, "style.css").len())
    };
    let (html, styles) = sizes(&busy());
    assert!(html < 30_000, "40 services and 2 incidents take {html} bytes of HTML");
    assert!(html + styles < 60_000, "{html} + {styles} bytes");
    let (html, _) = sizes(&many(500));
    assert!(html < 500 * 600, "500 services take {html} bytes of HTML");
    println!("{:?} {:?}", sizes(&busy()), sizes(&many(500)));
}

#[test]
fn the_first_sentence_says_how_it_is() {
    let says = |status: &Status, headline: &str| {
        let files = site(status);
        let html = text(&files, "index.html");
        assert!(html.contains(&format!("<h1 id=\"verdict\">{headline}</h1>")), "{headline}: {html}");
    };
    says(&quiet(), "All services are up");
    says(&one(), "Wiki is up");
    says(&nothing(), "No service is watched yet");
    says(&busy(), "Nextcloud has been down since 14:02 UTC");
    says(&many(100), "service-30 and service-77 are down");
    says(&blind(), "We cannot see how the services are");
    let with = |change: &dyn Fn(&mut Status)| {
        let mut status = quiet();
        change(&mut status);
        status
    };
    let states = |names: &[&str], state: ServiceState| {
        with(&|status| names.iter().for_each(|name| set(status, name, |one| one.state = state)))
    };
    says(&states(&["Wiki"], ServiceState::Unknown), "We cannot see how Wiki is");
    says(&states(&["Wiki", "Mail", "Git", "CI"], ServiceState::Unknown), "We cannot see 4 of 40 services");
    says(&states(&["Wiki", "Mail"], ServiceState::Degraded), "Wiki and Mail work only in part");
    says(&states(&["Wiki"], ServiceState::Pending), "Wiki is being looked at again after a failed check");
    says(&states(&["Wiki"], ServiceState::Maintenance), "Wiki is in maintenance");
    says(&states(&["Wiki", "Mail", "Git", "CI"], ServiceState::Down), "4 of 40 services are down");
    let incident = |severity| {
        with(&|status| {
            let mut incident = busy().issues.unwrap().incidents.remove(0);
            incident.severity = severity;
            status.issues.as_mut().unwrap().incidents = vec![incident];
        })
    };
    says(&incident(None), "An incident is open");
    says(&incident(Some(Severity::Sev1)), "A critical incident is open");
    says(&with(&|status| status.state = OverallState::Degraded), "Something is not well");
}

#[test]
fn what_could_not_be_looked_at_is_said_beside_the_first_sentence() {
    let also = |status: &Status| {
        let files = site(status);
        let html = text(&files, "index.html");
        let begin = html.split("<p class=\"also\">").nth(1).unwrap_or_default();
        begin.split("</p>").next().unwrap().to_owned()
    };
    assert_eq!(also(&quiet()), "No incident is open.");
    assert_eq!(
        also(&blind()),
        "No incident is open, as far as could be read at 13:15 UTC. Uptime Kuma, Cluster and Tracker are out of reach; the \
         last good look was at 13:15 UTC."
    );
    let mut status = quiet();
    status.issues = None;
    status.sources[0].state = SourceState::ClockSkewed;
    assert_eq!(
        also(&status),
        "Whether there are incidents is not known: the tracker could not be read. Uptime Kuma is not believed: a clock is \
         wrong."
    );
    assert_eq!(also(&one()), "", "no tracker is asked");
}

#[test]
fn what_outside_and_inside_do_not_agree_on_is_said_in_words() {
    let files = site(&busy());
    let html = text(&files, "index.html");
    for said in [
        "<small>since <time datetime=2026-11-28T14:02:30Z>14:02 UTC</time></small><small>Down from outside, up inside: it \
         runs, and cannot be reached.</small>",
        "<b>Degraded</b><small>Up from outside, down inside: it answers, and not well.</small>",
        "<b>Unknown</b><small>last seen <time datetime=2026-11-27T12:07:30Z>27 Nov, 12:07 UTC</time></small><small>Its \
         monitor has not looked for too long.</small>",
        "<td>–<td>99.98 %<small>of 71 % seen</small>",
        "aria-label=\"Failures on 4 of 90 days, worst 15 Nov: 61.00 %\"",
        "; nothing is known of 60\"",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
}

#[test]
fn a_day_that_was_seen_in_part_is_told_as_such() {
    let mut status = one();
    let days = &mut status.groups[0].services[0].days;
    for (at, uptime, down) in [(10, 500_000, 30), (11, 1_000_000, 0)] {
        days[at] = DayCell {
            uptime: Ratio::of(uptime, 1_000_000),
            observed: Ratio::of(4, 100).unwrap(),
            minutes_down: down,
            ..days[at]
        };
    }
    let date = days[10].date;
    let files = site(&status);
    let html = text(&files, "index.html");
    let label = format!("worst {}: 50.00 % of 4 % seen; 2 seen only in part\"", date.strftime("%-d %b"));
    assert!(html.contains(&label), "{label}: {html}");
    assert!(html.contains("<path class=p d=\"M33 16.5h3\"/>"), "a day without failures that nobody watched whole");
    let summary: serde_json::Value = serde_json::from_str(text(&files, "history/summary.json")).unwrap();
    assert_eq!(summary[0]["dailyMinutesDown"][date.to_string()], 30, "and not half a day");
}

#[test]
fn a_page_without_services_says_whether_there_are_none_or_nobody_can_tell() {
    let mut status = nothing();
    let files = site(&status);
    assert!(text(&files, "index.html").contains("<h1 id=\"verdict\">No service is watched yet</h1>"));
    status.sources = blind().sources.into_iter().filter(|source| source.name == "cluster").collect();
    assert!(text(&site(&status), "index.html").contains("No service is watched yet"), "the cluster lists none");
    status.sources = blind().sources;
    let files = site(&status);
    let html = text(&files, "index.html");
    assert!(html.contains("<h1 id=\"verdict\">We cannot see which services there are</h1>"), "{html}");
    assert!(
        html.contains("so nobody can tell how they are")
            && html.contains("Uptime Kuma")
            && !html.contains("Uptime kuma")
    );
}

#[test]
fn what_is_down_by_one_look_says_so_beside_what_the_inside_tells() {
    let mut status = one();
    let service = &mut status.groups[0].services[0];
    service.state = ServiceState::Down;
    service.contrast = Some(Contrast::DownOutsideUpInside);
    service.is_unconfirmed = true;
    service.note = Some("the next look will confirm that or not".to_owned());
    let files = site(&status);
    let html = text(&files, "index.html");
    assert!(
        html.contains("and cannot be reached.</small><small>The next look will confirm that or not.</small>"),
        "{html}"
    );
    assert!(html.contains("Wiki has been down since"), "{html}");
}

#[test]
fn a_row_says_that_its_inside_cannot_be_seen() {
    let mut status = one();
    let service = &mut status.groups[0].services[0];
    service.inside = Some(ServiceState::Unknown);
    let said = |status: &Status, last: &str| {
        let files = site(status);
        let remark = format!("<b>Up</b><small>How it is inside the cluster cannot be seen{last}.</small>");
        assert!(text(&files, "index.html").contains(&remark), "{remark}");
    };
    said(&status, "");
    status.groups[0].services[0].inside_last_look = "2026-11-28T13:55:10Z".parse().ok();
    said(&status, ", last seen 13:55 UTC");
}

#[test]
fn a_refresh_that_sees_the_same_changes_only_what_says_when_that_was() {
    let (before, mut after) = (busy(), busy());
    after.generated_at += jiff::SignedDuration::from_mins(5);
    let (before, after) = (site(&before), site(&after));
    let changed = before.iter().zip(&after).filter(|(one, other)| one != other).map(|(one, _)| one.path.as_str());
    assert_eq!(changed.collect::<Vec<_>>(), ["api/v2/status.json", "api/v2/summary.json", "index.html", "status.json"]);
}

#[test]
fn past_incidents_have_a_page_for_each_month() {
    let mut status = quiet();
    status.past = Some(past(1_000));
    let files = site(&status);
    let months = files.iter().filter(|file| file.path.starts_with("history/2")).count();
    assert_eq!(months, 33);
    let all: usize = files
        .iter()
        .filter(|file| file.path.starts_with("history/2"))
        .map(|file| std::str::from_utf8(&file.content).unwrap().matches("<li class=\"over").count())
        .sum();
    assert_eq!(all, 1_000);
    let index = text(&files, "history/index.html");
    assert!(index.contains("<a href=\"../history/2026-11/index.html\">November 2026</a>"), "{index}");
    let month = text(&files, "history/2026-10/index.html");
    for said in ["rel=\"prev\">← November 2026", "SEV2", "took 3 h 23 min", "blob/main/docs/post-mortems/"] {
        assert!(month.contains(said), "{said}: {month}");
    }
}

#[test]
fn links_lead_where_the_settings_say_and_nowhere_without_them() {
    let files = StatusPage::new(&busy(), StatusPageSettings::default()).files().unwrap();
    let html = text(&files, "index.html");
    assert!(!html.contains("https://code.example.org") && html.contains("<li>#412, #413</li>"), "{html}");
    for bad in ["javascript:alert(1)", "//evil.example", "https://a\"b", "ftp://a.example", "data:text/html,x"] {
        let some = || Some(bad.to_owned());
        let settings =
            StatusPageSettings { base_url: some(), issues_url: some(), repository_url: some(), report_url: some() };
        let files = StatusPage::new(&busy(), settings).files().unwrap();
        assert!(files.iter().all(|file| !String::from_utf8_lossy(&file.content).contains(bad)), "{bad}");
    }
}

#[test]
fn what_is_not_up_is_linked_to_from_the_top_where_it_has_to_be_looked_for() {
    let linked = |status: &Status| {
        let files = site(status);
        let html = text(&files, "index.html").to_owned();
        let list = html.split("<span>Not up:</span>").nth(1).unwrap_or_default().split("</p>").next().unwrap();
        list.split("href=\"#s-")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(linked(&busy()), ["nextcloud", "immich", "speedtest", "frigate", "registry"], "the worst first");
    assert!(linked(&quiet()).is_empty() && linked(&one()).is_empty() && linked(&blind()).is_empty());
}
