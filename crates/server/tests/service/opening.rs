//! What is wrong when it is started is said with the key to change.

use std::path::Path;
use std::sync::Arc;

use lamplighter::Config;
use lamplighter_server::Server;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::{GithubRole, GithubWorld, World, WorldSpec};

use crate::bench::{REPOSITORY, SECRET, TOKEN};

struct House {
    folder: tempfile::TempDir,
    world: World,
    github: GithubWorld,
}

impl House {
    fn new() -> Self {
        let github = GithubWorld::start(Arc::new(FakeClock::new())).unwrap();
        github.add_repository(REPOSITORY);
        github.set_role(REPOSITORY, "lamplighter-bot", GithubRole::Write);
        github.add_token("lamplighter-bot", "ghp_known");
        let folder = tempfile::tempdir().unwrap();
        for (file, secret) in [("github", "ghp_known"), ("webhook", SECRET), ("api", TOKEN), ("empty", "\n")] {
            std::fs::write(folder.path().join(file), secret).unwrap();
        }
        let world = World::start("[[nodes]]\nname = \"a\"\n".parse::<WorldSpec>().unwrap()).unwrap();
        world.write_kubeconfig(folder.path()).unwrap();
        Self { folder, world, github }
    }

    /// What comes of a start with this changed in the configuration: the error, or nothing.
    async fn start(&self, from: &str, to: &str) -> String {
        let text = format!(
            "owner = \"ada\"\n[cluster]\nkind = \"kubernetes\"\nkubeconfig = \"kubeconfig\"\n\
             [tracker]\nkind = \"github\"\nrepository = \"{REPOSITORY}\"\napi_url = \"{}\"\n\
             token = {{ file = \"github\" }}\n\
             [server]\nwebhook_secret = {{ file = \"webhook\" }}\napi_token = {{ file = \"api\" }}\n",
            self.github.url()
        );
        assert!(text.contains(from), "{from} is not in {text}");
        let path = self.folder.path().join("lamplighter.toml");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        open(&path).await
    }
}

async fn open(path: &Path) -> String {
    let config = Config::load(path, std::iter::empty()).unwrap();
    Server::open(config, |builder| builder).await.map_or_else(|error| error.chain(), |_| String::new())
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_named_by_its_key() {
    let house = House::new();
    assert!(house.world.url().starts_with("http://"));
    assert_eq!(house.start("\"webhook\"", "\"webhook\"").await, "");
    for (from, to, expected) in [
        ("file = \"webhook\"", "file = \"none\"", "server.webhook_secret: cannot read"),
        ("file = \"api\"", "file = \"empty\"", "server.api_token: "),
        ("file = \"github\"", "file = \"none\"", "tracker.token: cannot read"),
        ("file = \"api\"", "env = \"API_TOKEN\"", "server.api_token: there is no secret API_TOKEN: set the variable"),
    ] {
        let error = house.start(from, to).await;
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_repository_that_cannot_be_read_is_found_out_at_the_start() {
    let house = House::new();
    let error = house.start(REPOSITORY, "home/elsewhere").await;
    assert!(error.contains("check which repository is named"), "{error}");
    house.github.revoke_token("ghp_known");
    let error = house.start("\"webhook\"", "\"webhook\"").await;
    assert!(error.contains("Bad credentials"), "{error}");
}
