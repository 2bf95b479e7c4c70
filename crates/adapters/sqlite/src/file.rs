//! Whose file it is, and of which version.

use std::path::Path;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::SqliteError;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// "Lamp" in the [header field](https://www.sqlite.org/fileformat.html#application_id) by which a program knows its
/// own files.
const APPLICATION_ID: i64 = 0x4c61_6d70;

/// Makes the file, or finds out that it is ours and not too new, before anything in it is touched.
pub(crate) async fn prepare(path: &Path) -> Result<(), SqliteError> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut file = options.connect().await.map_err(|error| SqliteError::database(path, error))?;
    let outcome = claim(&mut file, path).await;
    file.close().await.map_err(|error| SqliteError::database(path, error))?;
    outcome?;
    sync_folder(path)
}

/// Applies the migrations that the file does not have yet.
pub(crate) async fn migrate(path: &Path, writer: &SqlitePool) -> Result<(), SqliteError> {
    MIGRATIONS.run(writer).await.map_err(|error| match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            SqliteError::database(path, source)
        }
        source => SqliteError::Migrate { path: path.to_owned(), source },
    })
}

async fn claim(file: &mut SqliteConnection, path: &Path) -> Result<(), SqliteError> {
    let failed = |error| SqliteError::database(path, error);
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *file).await.map_err(failed)?;
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema").fetch_all(&mut *file).await.map_err(failed)?;
    match application {
        0 if tables.is_empty() => {
            // The literal is APPLICATION_ID: a PRAGMA takes no parameters.
            sqlx::query("PRAGMA application_id = 0x4c616d70").execute(file).await.map_err(failed)?;
            Ok(())
        }
        APPLICATION_ID if tables.iter().any(|table| table == "_sqlx_migrations") => {
            let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
                .fetch_one(file)
                .await
                .map_err(failed)?;
            let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
            match found {
                Some(found) if found > known => Err(SqliteError::Newer { path: path.to_owned(), found, known }),
                _ => Ok(()),
            }
        }
        APPLICATION_ID => Ok(()),
        _ => Err(SqliteError::NotOurs { path: path.to_owned() }),
    }
}

/// A new file survives a power cut only when its folder is on the disk too; SQLite sees to that for its journals,
/// not for the database itself.
fn sync_folder(path: &Path) -> Result<(), SqliteError> {
    let Some(folder) = path.parent().filter(|_| cfg!(unix)) else { return Ok(()) };
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| SqliteError::Open { path: folder.to_owned(), source })
}
