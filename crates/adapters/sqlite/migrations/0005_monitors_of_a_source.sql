-- The monitors that a source told of last, in its order: a JSON list. NULL: that was never written down.
ALTER TABLE uptime_sources ADD COLUMN monitors TEXT;
