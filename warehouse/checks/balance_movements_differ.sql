-- check: Days on which the parts of a balance's movements are not their sum, or not what the transactions say
-- severity: block
WITH days AS (
    SELECT gateway, account, currency, sum(net_minor)::HUGEINT AS net_minor,
        sum(charges_minor + refunds_minor + disputes_minor + fees_minor + payouts_minor + other_minor)::HUGEINT AS parts_minor
    FROM marts.balance_by_day
    GROUP BY ALL
),
moved AS (
    SELECT gateway, account, currency, sum(net_minor)::HUGEINT AS net_minor
    FROM canonical.balance_transactions
    GROUP BY ALL
)
SELECT gateway, account, currency, d.net_minor::VARCHAR AS mart_minor, d.parts_minor::VARCHAR AS parts_minor,
    m.net_minor::VARCHAR AS transactions_minor
FROM days d
FULL JOIN moved m USING (gateway, account, currency)
WHERE d.net_minor IS DISTINCT FROM m.net_minor OR d.parts_minor IS DISTINCT FROM m.net_minor
