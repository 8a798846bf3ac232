-- grain: one row per order that Braintree transactions name: tries that failed and parts that were paid are one order
WITH told AS (
    SELECT c.*, t.tax_amount, t.discount_amount, t.shipping_amount,
        CASE c.status WHEN 'succeeded' THEN 1 WHEN 'pending' THEN 2 WHEN 'authorized' THEN 3 WHEN 'voided' THEN 4 ELSE 5 END
            AS rank
    FROM staging.braintree_charges c
    JOIN raw_braintree.charges t ON t.gateway = c.gateway AND t.account = c.account AND t.id = c.charge_id
    WHERE c.order_id IS NOT NULL
),
main AS (
    -- The transaction that says most about the order.
    SELECT *
    FROM told
    QUALIFY row_number() OVER (PARTITION BY gateway, account, order_id ORDER BY rank, created_at DESC, charge_id) = 1
),
sums AS (
    -- An order may be paid in parts; tries that came to nothing count only where there is nothing else.
    SELECT
        t.gateway, t.account, t.order_id,
        sum(t.amount_minor)::BIGINT AS total_minor,
        coalesce(sum(staging.minor(t.tax_amount, t.currency)), 0)::BIGINT AS tax_minor,
        coalesce(sum(staging.minor(t.discount_amount, t.currency)), 0)::BIGINT AS discount_minor,
        coalesce(sum(staging.minor(t.shipping_amount, t.currency)), 0)::BIGINT AS shipping_minor,
        sum(t.captured_minor)::BIGINT AS captured_minor,
        sum(t.refunded_minor)::BIGINT AS refunded_minor
    FROM told t
    JOIN main m USING (gateway, account, order_id)
    WHERE t.currency = m.currency AND (t.charge_id = m.charge_id OR (m.rank <= 3 AND t.rank <= 3))
    GROUP BY ALL
),
all_of_it AS (
    SELECT gateway, account, order_id, max(seen_at) AS seen_at, max(load_number) AS load_number,
        min(created_at) AS created_at, min(created_at) FILTER (status = 'succeeded') AS paid_at
    FROM told
    GROUP BY ALL
)
SELECT
    gateway,
    account,
    a.seen_at,
    a.load_number,
    order_id,
    order_id AS number,
    m.customer_id,
    m.email,
    m.billing_name AS customer_name,
    m.billing_country AS country,
    CASE
        WHEN m.rank = 1 AND s.captured_minor > 0 AND s.refunded_minor >= s.captured_minor THEN 'refunded'
        WHEN m.rank = 1 THEN 'paid'
        WHEN m.rank <= 3 THEN 'pending'
        WHEN m.rank = 4 THEN 'cancelled'
        ELSE 'failed'
    END AS status,
    m.currency,
    s.total_minor - s.tax_minor - s.shipping_minor + s.discount_minor AS subtotal_minor,
    s.discount_minor,
    s.shipping_minor,
    s.tax_minor,
    s.total_minor,
    false AS is_tax_inclusive,
    a.paid_at,
    NULL::TIMESTAMPTZ AS completed_at,
    a.created_at
FROM main m
JOIN sums s USING (gateway, account, order_id)
JOIN all_of_it a USING (gateway, account, order_id)
