-- Where the messages of a batch are put first, so that the statements after that need not take them apart. Each connection
-- that writes has its own, in memory.
CREATE TEMP TABLE batch (
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    words_issue INTEGER,
    words_at INTEGER,
    words TEXT,
    job TEXT,
    issue INTEGER,
    work TEXT,
    wake INTEGER
) STRICT
