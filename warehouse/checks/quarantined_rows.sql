-- check: Rows that were set aside before loading
-- severity: report
SELECT account, resource, object_id, reason, landed_file, line, seen_at
FROM meta.quarantine
