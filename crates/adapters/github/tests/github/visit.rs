//! A played GitHub and an adapter that visits it.

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::words::IssueNumber;
use lamplighter_github::{GithubAuth, GithubIssues, GithubSecret, GithubSettings};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::openapi::GithubDescription;
use lamplighter_testkit::world::{GithubApp, GithubRole, GithubWorld};

pub(crate) const REPO: &str = "home/infra";
pub(crate) const TOKEN: &str = "ghp_0123456789hunter2";

pub(crate) struct Visit {
    pub(crate) world: GithubWorld,
    pub(crate) clock: FakeClock,
    pub(crate) issues: GithubIssues,
}

impl Visit {
    /// As the user `lamplighter`, who has write access.
    pub(crate) fn by_token() -> Self {
        Self::with(GithubWorld::start, |_| token(TOKEN), |settings| settings)
    }

    /// As an App; which one, too.
    pub(crate) fn by_app() -> (Self, GithubApp) {
        let mut ours = None;
        let visit = Self::with(
            GithubWorld::start,
            |world| {
                let app = world.add_app("lamplighter", REPO);
                let private_key = GithubSecret::fixed(app.private_key.as_str().into());
                let auth = GithubAuth::App { app_id: app.id, private_key, installation: None };
                ours = Some(app);
                auth
            },
            |settings| settings,
        );
        (visit, ours.expect("an App"))
    }

    pub(crate) fn with(
        start: impl FnOnce(Arc<dyn lamplighter_core::Clock>) -> Result<GithubWorld, lamplighter_testkit::world::WorldError>,
        auth: impl FnOnce(&GithubWorld) -> GithubAuth,
        more: impl FnOnce(GithubSettings) -> GithubSettings,
    ) -> Self {
        let clock = FakeClock::auto();
        let world = start(Arc::new(clock.clone())).expect("a port");
        world.add_repository(REPO);
        for login in ["lamplighter", "maria"] {
            world.set_role(REPO, login, GithubRole::Write);
        }
        world.add_user("mallory");
        world.add_token("lamplighter", TOKEN);
        let settings = GithubSettings::new("home", "infra", auth(&world)).with_url(world.url());
        let settings = more(settings.with_timeout(Duration::from_secs(5)));
        let issues = GithubIssues::new(settings, Arc::new(clock.clone())).expect("settings that can be used");
        Self { world, clock, issues }
    }

    /// Maria files an issue.
    pub(crate) fn open(&self) -> IssueNumber {
        IssueNumber(self.world.open_issue(REPO, "maria", "Wiki is down", "502 since 14:00", ["user-report"]))
    }

    pub(crate) fn bodies(&self, number: IssueNumber) -> Vec<String> {
        self.world.issue(REPO, number.0).comments.into_iter().map(|comment| comment.body).collect()
    }

    /// How many requests were sent with this method and this text in path and query.
    pub(crate) fn sent(&self, method: &str, part: &str) -> usize {
        let is_it = |request: &lamplighter_testkit::world::RequestRecord| {
            request.method == method && format!("{}?{}", request.path, request.query).contains(part)
        };
        self.world.requests().into_iter().filter(is_it).count()
    }

    /// Holds everything that was sent and answered to GitHub's description, where it is installed.
    pub(crate) fn check_description(&self) {
        let Some(description) = GithubDescription::load() else { return };
        let exchanges = self.world.exchanges();
        let complaints: Vec<String> = exchanges.iter().flat_map(|one| description.complaints(one)).collect();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}

pub(crate) fn token(token: &str) -> GithubAuth {
    GithubAuth::Token(GithubSecret::fixed(token.into()))
}
