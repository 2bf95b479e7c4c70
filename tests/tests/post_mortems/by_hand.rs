//! `Lamplighter::post_mortem`: asked for by hand.

use lamplighter::core::ErrorKind;
use lamplighter::core::words::IssueNumber;
use lamplighter::{Config, PostMortemOf};
use lamplighter_scenarios::find;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn the_incident_of_an_issue_is_told_again_by_hand() {
    let folder = TempDir::new().unwrap();
    let stage = find("stuck-pod").unwrap().stage(&folder.path().join("stage")).await.unwrap();
    let lamplighter = || async {
        let config = Config::load(&stage.folder().join("lamplighter.toml"), std::iter::empty()).unwrap();
        config.wire().await.unwrap().build().unwrap()
    };
    let of = PostMortemOf::Issue(IssueNumber(1));
    let error = lamplighter().await.post_mortem(&of, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "nothing was answered yet");

    let outcome = stage.play(|builder| builder).await.unwrap();
    let conversation = stage.conversation().unwrap();
    let kept = std::fs::read_to_string(outcome.post_mortem.unwrap()).unwrap();
    for _ in 0..2 {
        let written = lamplighter().await.post_mortem(&of, None).await.unwrap();
        let facts = |text: &str| text.split_once("\n## Recurrence").unwrap().0.to_owned();
        assert_eq!(facts(&written.text), facts(&kept), "from the same facts");
        assert!(written.text.contains("first recorded incident of this type"), "it is none of its own past");
    }
    assert_eq!(stage.conversation().unwrap(), conversation, "nothing is said on the issue");
}
