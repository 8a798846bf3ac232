-- grain: one row per charge; whose it is, and what people search it by
-- key: gateway, account, charge_id
-- changed: SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version
-- changed: SELECT gateway, account, charge_id FROM canonical.charges SEMI JOIN (SELECT gateway, account, customer_id FROM changes.marts_customer_people WHERE version > $version) USING (gateway, account, customer_id)
SELECT
    c.charge_id,
    c.gateway,
    c.account,
    coalesce(
        p.person_id,
        staging.person_id(nullif(lower(trim(c.email)), ''), c.gateway, c.account, c.charge_id)
    ) AS person_id,
    c.card_last4,
    c.amount_minor,
    c.currency,
    c.created_at,
    c.statement_descriptor,
    c.email
FROM canonical.charges c
LEFT JOIN marts.customer_people p USING (gateway, account, customer_id)
