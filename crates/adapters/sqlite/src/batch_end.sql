) WHERE column1 IS NOT NULL;

-- What is answered: the ids that were known. They come as one row, as each row wakes whoever waits for it. What comes with
-- them changes nothing.
SELECT json_group_array(id) FROM batch WHERE id IN (SELECT id FROM messages);
DELETE FROM batch WHERE id IN (SELECT id FROM messages);

INSERT INTO messages (id, at) SELECT id, at FROM batch;

INSERT INTO words (issue, at, words) SELECT words_issue, words_at, words FROM batch WHERE words IS NOT NULL
ON CONFLICT (issue) DO UPDATE SET at = excluded.at, words = excluded.words WHERE excluded.at >= words.at;

INSERT INTO jobs (id, issue, work, state, due, created_at, changed_at)
SELECT job, issue, work, 'queued', at, at, at FROM batch WHERE job IS NOT NULL ON CONFLICT (id) DO NOTHING;

UPDATE jobs SET state = 'queued', due = batch.at, changed_at = batch.at
FROM batch WHERE jobs.issue = batch.wake AND jobs.state = 'waiting';
UPDATE jobs SET woken = 1 WHERE state = 'running' AND issue IN (SELECT wake FROM batch);

COMMIT
