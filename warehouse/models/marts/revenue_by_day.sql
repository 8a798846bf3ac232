-- grain: one row per day in the reporting time zone, account, currency, country and product
-- key: gateway, account, on_day
-- changed: SELECT gateway, account, on_day FROM changes.marts_charge_facts WHERE version > $version
-- changed: SELECT gateway, account, on_day FROM marts.charge_facts SEMI JOIN (SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version) USING (gateway, account, charge_id)
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM changes.canonical_refunds WHERE version > $version
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM changes.canonical_disputes WHERE version > $version
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM changes.canonical_balance_transactions WHERE version > $version
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM canonical.refunds SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version) USING (gateway, account, charge_id)
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM canonical.disputes SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version) USING (gateway, account, charge_id)
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM canonical.balance_transactions SEMI JOIN (SELECT gateway, account, charge_id AS source_id FROM changes.canonical_charges WHERE version > $version UNION SELECT gateway, account, refund_id FROM changes.canonical_refunds WHERE version > $version UNION SELECT gateway, account, dispute_id FROM changes.canonical_disputes WHERE version > $version UNION SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version UNION SELECT gateway, account, refund_id FROM canonical.refunds SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version) USING (gateway, account, charge_id) UNION SELECT gateway, account, dispute_id FROM canonical.disputes SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version) USING (gateway, account, charge_id)) USING (gateway, account, source_id)
-- changed: SELECT gateway, account, staging.day_of(returned_at) AS on_day FROM changes.marts_money_returned WHERE version > $version
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM canonical.refunds SEMI JOIN (SELECT gateway, account, object_id AS refund_id FROM changes.marts_money_returned WHERE version > $version) USING (gateway, account, refund_id)
-- changed: SELECT gateway, account, staging.day_of(created_at) AS on_day FROM canonical.disputes SEMI JOIN (SELECT gateway, account, object_id AS dispute_id FROM changes.marts_money_returned WHERE version > $version) USING (gateway, account, dispute_id)
-- changed: SELECT gateway, account, staging.day_of(returned_at) AS on_day FROM marts.money_returned SEMI JOIN (SELECT gateway, account, refund_id AS object_id FROM changes.canonical_refunds WHERE version > $version UNION SELECT gateway, account, dispute_id FROM changes.canonical_disputes WHERE version > $version UNION SELECT gateway, account, refund_id FROM canonical.refunds SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version) USING (gateway, account, charge_id) UNION SELECT gateway, account, dispute_id FROM canonical.disputes SEMI JOIN (SELECT gateway, account, charge_id FROM changes.marts_charge_facts WHERE version > $version) USING (gateway, account, charge_id)) USING (gateway, account, object_id)
WITH moved AS (
    SELECT c.gateway, c.account, c.charge_id, f.on_day, c.currency, 1 AS charges, c.captured_minor AS gross_minor,
        0 AS refunds_minor, 0 AS disputes_minor, 0 AS fees_minor
    FROM canonical.charges c
    JOIN marts.charge_facts f USING (gateway, account, charge_id)
    WHERE c.status = 'succeeded'
    UNION ALL
    SELECT r.gateway, r.account, r.charge_id, staging.day_of(r.created_at), r.currency, 0, 0, r.amount_minor, 0, 0
    FROM canonical.refunds r
    LEFT JOIN marts.money_returned g ON g.gateway = r.gateway AND g.account = r.account AND g.object_id = r.refund_id AND g.kind = 'refund'
    WHERE r.status = 'succeeded' OR g.object_id IS NOT NULL
    UNION ALL
    -- What came back later belongs to the day on which it did: a month that is over must not change.
    SELECT r.gateway, r.account, r.charge_id, staging.day_of(g.returned_at), r.currency, 0, 0, -r.amount_minor, 0, 0
    FROM canonical.refunds r
    JOIN marts.money_returned g ON g.gateway = r.gateway AND g.account = r.account AND g.object_id = r.refund_id AND g.kind = 'refund'
    UNION ALL
    -- A dispute takes the money when it is opened; only one that was won gives it back, and warnings take none.
    SELECT d.gateway, d.account, d.charge_id, staging.day_of(d.created_at), d.currency, 0, 0, 0, d.amount_minor, 0
    FROM canonical.disputes d
    LEFT JOIN marts.money_returned g ON g.gateway = d.gateway AND g.account = d.account AND g.object_id = d.dispute_id AND g.kind = 'dispute'
    WHERE d.status IN ('needs_response', 'under_review', 'lost', 'appeal_needs_response', 'appeal_under_review')
        OR g.object_id IS NOT NULL
    UNION ALL
    SELECT d.gateway, d.account, d.charge_id, staging.day_of(g.returned_at), d.currency, 0, 0, 0, -d.amount_minor, 0
    FROM canonical.disputes d
    JOIN marts.money_returned g ON g.gateway = d.gateway AND g.account = d.account AND g.object_id = d.dispute_id AND g.kind = 'dispute'
    UNION ALL
    -- Fees are taken in the settlement currency, which need not be the charge's.
    SELECT b.gateway, b.account, coalesce(c.charge_id, r.charge_id, d.charge_id), staging.day_of(b.created_at), b.currency,
        0, 0, 0, 0, b.fee_minor
    FROM canonical.balance_transactions b
    LEFT JOIN canonical.charges c ON c.gateway = b.gateway AND c.account = b.account AND c.charge_id = b.source_id
    LEFT JOIN canonical.refunds r ON r.gateway = b.gateway AND r.account = b.account AND r.refund_id = b.source_id
    LEFT JOIN canonical.disputes d ON d.gateway = b.gateway AND d.account = b.account AND d.dispute_id = b.source_id
    WHERE b.fee_minor <> 0
)
SELECT
    m.on_day,
    m.gateway,
    m.account,
    m.currency,
    f.country,
    f.product,
    sum(m.charges)::BIGINT AS charges,
    sum(m.gross_minor)::BIGINT AS gross_minor,
    sum(m.refunds_minor)::BIGINT AS refunds_minor,
    sum(m.disputes_minor)::BIGINT AS disputes_minor,
    sum(m.fees_minor)::BIGINT AS fees_minor,
    sum(m.gross_minor - m.refunds_minor - m.disputes_minor - m.fees_minor)::BIGINT AS net_minor
FROM moved m
LEFT JOIN marts.charge_facts f USING (gateway, account, charge_id)
GROUP BY ALL
