-- Jobs wait for jobs of their own kind: `answer` or `command`.
ALTER TABLE jobs ADD COLUMN kind TEXT GENERATED ALWAYS AS (json_extract(work, '$.work')) VIRTUAL;

DROP INDEX jobs_to_do;
CREATE INDEX jobs_by_turn ON jobs (kind, seq) WHERE due IS NOT NULL;
