-- Jobs wait for jobs of their own kind: `answer` or `command`.
ALTER TABLE jobs ADD COLUMN kind TEXT GENERATED ALWAYS AS (json_extract(work, '$.work')) VIRTUAL;
