//! Secrets as files.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::fs;
use std::path::Path;

use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{ErrorKind, async_trait};
use lamplighter_files::FileSecrets;
use lamplighter_testkit::contract::{self, SecretsHarness};
use secrecy::ExposeSecret;
use tempfile::TempDir;

struct Mounted {
    folder: TempDir,
    secrets: FileSecrets,
}

impl Mounted {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let secrets = FileSecrets::new(folder.path().join("secrets"));
        let mounted = Self { folder, secrets };
        mounted.write("secrets/contract/wiki/password", "tr0ub4dor\n");
        mounted.write("secrets/contract/wiki/empty", "");
        mounted
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    async fn get(&self, path: &str, field: &str) -> Result<String, (ErrorKind, String)> {
        let path = SecretPath { path: path.to_owned(), field: field.to_owned() };
        let outcome = self.secrets.get(&path).await;
        outcome.map(|value| value.expose_secret().to_owned()).map_err(|error| (error.kind(), error.chain()))
    }
}

#[async_trait]
impl SecretsHarness for Mounted {
    fn port(&self) -> &dyn Secrets {
        &self.secrets
    }
}

#[tokio::test]
async fn a_folder_is_a_store_of_secrets() {
    contract::secrets(&Mounted::new()).await;
}

/// The kubelet writes a folder of its own for each version and turns a link, so that all fields change at once.
#[cfg(unix)]
#[tokio::test]
async fn a_mounted_secret_is_read_through_its_links_and_again_after_it_was_replaced() {
    use std::os::unix::fs::symlink;
    let mounted = Mounted::new();
    mounted.write("secrets/db/..2026_03_01/password", "old");
    mounted.write("secrets/db/..2026_03_02/password", "new");
    let db = mounted.folder.path().join("secrets/db");
    symlink("..2026_03_01", db.join("..data")).unwrap();
    symlink("..data/password", db.join("password")).unwrap();
    assert_eq!(mounted.get("db", "password").await.unwrap(), "old");
    symlink("..2026_03_02", db.join("..data_tmp")).unwrap();
    fs::rename(db.join("..data_tmp"), db.join("..data")).unwrap();
    assert_eq!(mounted.get("db", "password").await.unwrap(), "new");
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_outside_of_the_folder_is_read() {
    let mounted = Mounted::new();
    mounted.write("outside/password", "hunter2");
    std::os::unix::fs::symlink("../outside", mounted.folder.path().join("secrets/link")).unwrap();
    let absolute = mounted.folder.path().join("outside");
    for (path, field) in [
        ("../outside", "password"),
        ("contract/../../outside", "password"),
        ("contract", "../../outside/password"),
        ("contract", "wiki/password"),
        ("link", "password"),
        (absolute.to_str().unwrap(), "password"),
        (".", "."),
        ("contract/wiki", "pass\0word"),
    ] {
        let (kind, said) = mounted.get(path, field).await.unwrap_err();
        assert!(kind == ErrorKind::NotFound && !said.contains("hunter2"), "{path:?} {field:?}: {said}");
    }
}

#[tokio::test]
async fn one_line_end_is_no_part_of_a_value() {
    let mounted = Mounted::new();
    for (content, value) in
        [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a\nb\n", "a\nb"), ("\n", ""), (" a ", " a ")]
    {
        mounted.write("secrets/s/f", content);
        assert_eq!(mounted.get("s", "f").await.unwrap(), value, "{content:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_secret_is_said_to_be_none() {
    let mounted = Mounted::new();
    mounted.write("secrets/s/bytes", [0xff, 0xfe]);
    mounted.write("secrets/s/large", vec![b'x'; (1 << 20) + 1]);
    for (field, says) in [("bytes", "no text in UTF-8"), ("large", "larger than a mebibyte")] {
        let (kind, said) = mounted.get("s", field).await.unwrap_err();
        assert!(kind == ErrorKind::InvalidInput && said.contains(says), "{said}");
    }
    let nowhere = FileSecrets::new(Path::new("/no/such/folder"));
    let path = SecretPath { path: "s".to_owned(), field: "f".to_owned() };
    assert_eq!(nowhere.get(&path).await.unwrap_err().kind(), ErrorKind::Unavailable, "a volume that is not mounted");
}
