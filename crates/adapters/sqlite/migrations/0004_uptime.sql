-- What monitors saw, by the system that they are of. All times are in milliseconds since 1970. The state of a monitor's last
-- change was seen until `seen_until` of its source: one number is written for a look at any number of monitors.
CREATE TABLE uptime_sources (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seen_until INTEGER
) STRICT;

CREATE TABLE uptime_monitors (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (source, name)
) STRICT;

-- `state`: 0 down, 1 up, 2 pending, 3 maintenance, 4 unknown.
CREATE TABLE uptime_changes (
    monitor INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    PRIMARY KEY (monitor, at)
) STRICT, WITHOUT ROWID;

-- `millis` is a JSON object: the median of an hour by the name of the monitor.
CREATE TABLE uptime_latency (
    source INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    millis TEXT NOT NULL,
    PRIMARY KEY (source, hour)
) STRICT, WITHOUT ROWID;
