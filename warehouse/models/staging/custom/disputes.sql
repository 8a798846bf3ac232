-- grain: one row per imported dispute
SELECT gateway, account, seen_at, load_number, id AS dispute_id, charge_id, amount_minor, currency, status, reason,
    evidence_due_at, created_at
FROM raw_custom.disputes
WHERE NOT is_deleted
