-- Two sources are called as their products are. What was seen under the names before belongs to them.
UPDATE OR IGNORE uptime_sources SET name = 'Uptime Kuma' WHERE name = 'uptime kuma';
UPDATE OR IGNORE uptime_sources SET name = 'HTTP probe' WHERE name = 'http probe';
