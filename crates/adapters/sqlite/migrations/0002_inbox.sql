-- The messages that were taken in, by the sender's id. Kept as long as a sender may repeat one.
CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_by_age ON messages (at);

-- The newest words of each issue, as JSON with who wrote them. `at` is what the tracker says, in microseconds since 1970.
CREATE TABLE words (
    issue INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT;

-- What is to be done. `due` (microseconds since 1970) is there for what waits for its turn or for a person, and for nothing
-- else. `end` is the JSON of what came of it.
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    issue INTEGER NOT NULL,
    work TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'over')),
    due INTEGER CHECK ((due IS NULL) = (state IN ('running', 'over'))),
    end TEXT CHECK ((end IS NULL) = (state <> 'over')),
    woken INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

CREATE INDEX jobs_to_do ON jobs (seq) WHERE due IS NOT NULL;
CREATE INDEX jobs_by_due ON jobs (due) WHERE due IS NOT NULL;
CREATE INDEX jobs_running ON jobs (issue) WHERE state = 'running';
CREATE INDEX jobs_waiting ON jobs (issue) WHERE state = 'waiting';

-- What is asked of the audit log: what one run did, and what was done lately.
CREATE INDEX audit_by_run ON audit (run);
CREATE INDEX audit_by_time ON audit (at);
