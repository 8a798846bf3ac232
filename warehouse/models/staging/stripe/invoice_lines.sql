-- grain: one row per line of a Stripe invoice
WITH lines AS (
    SELECT gateway, account, seen_at, load_number, id AS invoice_id, currency,
        unnest(staging.entries(lines)) AS line, generate_subscripts(staging.entries(lines), 1) AS position
    FROM raw_stripe.invoices
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    invoice_id,
    -- Old lines are called after what they bill, and several invoices have the same: the place makes them one.
    coalesce(line ->> '$.id', 'line') || CASE WHEN line ->> '$.id' LIKE 'il_%' THEN '' ELSE ':' || position END
        AS invoice_line_id,
    position,
    line ->> '$.description' AS description,
    staging.whole(line ->> '$.quantity') AS quantity,
    staging.stripe_minor(staging.whole(line ->> '$.amount'), currency) AS amount_minor,
    coalesce(upper(line ->> '$.currency'), currency) AS currency,
    staging.moment(line ->> '$.period.start') AS period_start_at,
    staging.moment(line ->> '$.period.end') AS period_end_at,
    coalesce(line ->> '$.pricing.price_details.price', line ->> '$.price.id', line ->> '$.plan.id') AS price_id,
    coalesce(line ->> '$.pricing.price_details.product', line ->> '$.price.product', line ->> '$.plan.product') AS product_id,
    coalesce(
        line ->> '$.proration', line ->> '$.parent.subscription_item_details.proration',
        line ->> '$.parent.invoice_item_details.proration'
    ) = 'true' AS is_proration,
    coalesce(line -> '$.taxes', line -> '$.tax_amounts') AS taxes
FROM lines
