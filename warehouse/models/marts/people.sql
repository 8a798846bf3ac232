-- grain: one row per person: customers and guest payers of all accounts, grouped by e-mail address
-- key: person_id
-- changed: SELECT person_id FROM changes.marts_customer_people WHERE version > $version
-- changed: SELECT person_id FROM marts.customer_people SEMI JOIN (SELECT gateway, account, customer_id FROM changes.canonical_customers WHERE version > $version) USING (gateway, account, customer_id)
-- changed: SELECT person_id FROM changes.marts_charge_search WHERE version > $version
-- changed: SELECT person_id FROM changes.marts_order_search WHERE version > $version
-- changed: SELECT person_id FROM marts.order_search SEMI JOIN (SELECT gateway, account, order_id FROM changes.canonical_orders WHERE version > $version) USING (gateway, account, order_id)
-- changed: SELECT person_id FROM marts.charge_search SEMI JOIN (SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version) USING (gateway, account, charge_id)
WITH known AS (
    SELECT p.person_id, p.gateway, p.account, p.customer_id, c.email_normalised, c.email, c.name, c.country, c.created_at,
        c.is_deleted
    FROM marts.customer_people p
    LEFT JOIN canonical.customers c USING (gateway, account, customer_id)
),
of_customers AS (
    SELECT
        person_id,
        min(email_normalised) AS email,
        arg_max(name, (coalesce(created_at, '-infinity'), gateway, account, customer_id)) FILTER (name IS NOT NULL) AS name,
        arg_max(country, (coalesce(created_at, '-infinity'), gateway, account, customer_id)) FILTER (country IS NOT NULL) AS country,
        list(
            json_object('gateway', gateway, 'account', account, 'customer_id', customer_id)
            ORDER BY created_at, gateway, account, customer_id
        ) AS customer_keys,
        min(created_at) AS first_at,
        max(created_at) AS last_at,
        string_agg(concat_ws(' ', name, trim(email), customer_id), ' ' ORDER BY gateway, account, customer_id) AS words
    FROM known
    GROUP BY person_id
),
per_currency AS (
    SELECT s.person_id, c.currency, sum(c.captured_minor)::BIGINT AS gross_minor
    FROM marts.charge_search s
    JOIN canonical.charges c USING (gateway, account, charge_id)
    WHERE c.status = 'succeeded'
    GROUP BY ALL
),
gross AS (
    SELECT person_id, to_json(map_from_entries(list({'key': currency, 'value': gross_minor} ORDER BY currency))) AS gross_minor_by_currency
    FROM per_currency
    GROUP BY person_id
),
of_charges AS (
    SELECT
        s.person_id,
        min(nullif(lower(trim(c.email)), '')) AS email,
        count(*) AS charges,
        arg_max(c.billing_name, (coalesce(c.created_at, '-infinity'), c.gateway, c.account, c.charge_id)) FILTER (c.billing_name IS NOT NULL) AS name,
        arg_max(coalesce(c.billing_country, c.card_country), (coalesce(c.created_at, '-infinity'), c.gateway, c.account, c.charge_id))
            FILTER (coalesce(c.billing_country, c.card_country) IS NOT NULL) AS country,
        min(c.created_at) AS first_at,
        max(c.created_at) AS last_at,
        list_aggregate(list_sort(list(DISTINCT concat_ws(' ', c.billing_name, trim(c.email)))), 'string_agg', ' ') AS words
    FROM marts.charge_search s
    JOIN canonical.charges c USING (gateway, account, charge_id)
    GROUP BY s.person_id
),
of_orders AS (
    -- Those of whom nothing is known but an order that nobody has paid.
    SELECT
        s.person_id,
        min(nullif(lower(trim(o.email)), '')) AS email,
        arg_max(o.customer_name, (o.created_at, o.gateway, o.account, o.order_id)) FILTER (o.customer_name IS NOT NULL) AS name,
        arg_max(o.country, (o.created_at, o.gateway, o.account, o.order_id)) FILTER (o.country IS NOT NULL) AS country,
        min(o.created_at) AS first_at,
        max(o.created_at) AS last_at,
        list_aggregate(list_sort(list(DISTINCT concat_ws(' ', o.customer_name, trim(o.email)))), 'string_agg', ' ') AS words
    FROM marts.order_search s
    JOIN canonical.orders o USING (gateway, account, order_id)
    GROUP BY s.person_id
)
SELECT
    coalesce(u.person_id, c.person_id, o.person_id) AS person_id,
    CASE WHEN u.person_id IS NOT NULL THEN u.email WHEN c.person_id IS NOT NULL THEN c.email ELSE o.email END AS email,
    coalesce(u.name, c.name, o.name) AS name,
    coalesce(u.country, c.country, o.country) AS country,
    coalesce(u.customer_keys, [])::JSON AS customer_keys,
    coalesce(c.charges, 0)::BIGINT AS charges,
    coalesce(g.gross_minor_by_currency, '{}'::JSON) AS gross_minor_by_currency,
    least(u.first_at, c.first_at, o.first_at) AS first_seen_at,
    greatest(u.last_at, c.last_at, o.last_at) AS last_seen_at,
    trim(staging.folded(concat_ws(' ', u.words, c.words, o.words))) AS search_text
FROM of_customers u
FULL JOIN of_charges c USING (person_id)
FULL JOIN of_orders o ON o.person_id = coalesce(u.person_id, c.person_id)
LEFT JOIN gross g ON g.person_id = coalesce(u.person_id, c.person_id)
