-- Runs in the order in which something was first written of them.
CREATE TABLE runs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE
) STRICT;

-- Their steps and signals. The first writer of a name stands, by the unique key.
CREATE TABLE steps (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    step TEXT NOT NULL,
    output TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (run, step)
) STRICT;

CREATE TABLE signals (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (run, name)
) STRICT;

-- The audit log. `entry` is the JSON that was appended, letter by letter; `run` and `at` are read from it for
-- people who query the file. `hash` is the lower-case hex SHA-256 of the previous row's hash (64 zeros for the first),
-- a line feed, `seq` in decimal, a line feed, and `entry`.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    entry TEXT NOT NULL,
    hash TEXT NOT NULL,
    run TEXT GENERATED ALWAYS AS (json_extract(entry, '$.run')) VIRTUAL,
    at TEXT GENERATED ALWAYS AS (json_extract(entry, '$.at')) VIRTUAL
) STRICT;

CREATE TRIGGER audit_is_not_updated BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_is_only_appended_to BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
