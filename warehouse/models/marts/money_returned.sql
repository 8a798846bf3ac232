-- grain: one row per dispute that was won and refund that failed, whose money the gateway returned: when it did
-- key: gateway, account, object_id
-- changed: SELECT gateway, account, dispute_id AS object_id FROM changes.canonical_disputes WHERE version > $version
-- changed: SELECT gateway, account, refund_id AS object_id FROM changes.canonical_refunds WHERE version > $version
-- changed: SELECT gateway, account, source_id AS object_id FROM changes.canonical_balance_transactions WHERE version > $version AND source_id IS NOT NULL
-- changed: SELECT d.gateway, d.account, d.dispute_id AS object_id FROM canonical.disputes d SEMI JOIN (SELECT gateway, account, source_id AS charge_id FROM changes.canonical_balance_transactions WHERE version > $version) USING (gateway, account, charge_id)
WITH lines AS (
    SELECT gateway, account, source_id, reporting_category, type, created_at
    FROM canonical.balance_transactions
    WHERE reporting_category = 'dispute_reversal' OR type = 'refund_failure'
),
found AS (
    SELECT d.gateway, d.account, 'dispute' AS kind, d.dispute_id AS object_id, b.created_at AS returned_at
    FROM canonical.disputes d
    JOIN lines b ON b.gateway = d.gateway AND b.account = d.account AND b.source_id = d.dispute_id
    WHERE d.status = 'won' AND b.reporting_category = 'dispute_reversal' AND b.created_at >= d.created_at
    UNION ALL
    -- PayPal's lines name the payment.
    SELECT d.gateway, d.account, 'dispute', d.dispute_id, b.created_at
    FROM canonical.disputes d
    JOIN lines b ON b.gateway = d.gateway AND b.account = d.account AND b.source_id = d.charge_id
    WHERE d.status = 'won' AND b.reporting_category = 'dispute_reversal' AND b.created_at >= d.created_at
    UNION ALL
    SELECT r.gateway, r.account, 'refund', r.refund_id, b.created_at
    FROM canonical.refunds r
    JOIN lines b ON b.gateway = r.gateway AND b.account = r.account AND b.source_id = r.refund_id
    WHERE r.status = 'failed' AND b.type = 'refund_failure' AND b.created_at >= r.created_at
)
SELECT gateway, account, kind, object_id, min(returned_at) AS returned_at
FROM found
GROUP BY ALL
