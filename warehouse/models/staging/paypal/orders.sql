-- grain: one row per PayPal order: read by its id, or told by the payments that name it
WITH units AS (
    SELECT gateway, account, id AS order_id, unnest(staging.entries(purchase_units)) AS unit
    FROM raw_paypal.orders
),
summed AS (
    SELECT
        gateway,
        account,
        order_id,
        any_value(unit ->> '$.amount.currency_code') AS currency,
        sum(staging.minor(unit ->> '$.amount.value', unit ->> '$.amount.currency_code'))::BIGINT AS total_minor,
        coalesce(sum(staging.paypal_part(unit, 'tax_total')), 0)::BIGINT AS tax_minor,
        coalesce(sum(staging.paypal_part(unit, 'discount')), 0)::BIGINT AS discount_minor,
        coalesce(sum(staging.paypal_shipping(unit)), 0)::BIGINT AS shipping_minor,
        -- What we asked for ourselves is named by its request, which is no number of an order.
        min(coalesce(unit ->> '$.invoice_id', unit ->> '$.custom_id'))
            FILTER (coalesce(unit ->> '$.invoice_id', unit ->> '$.custom_id') NOT LIKE 'req\_%' ESCAPE '\') AS number
    FROM units
    GROUP BY ALL
),
paid AS (
    SELECT
        gateway,
        account,
        order_id,
        max(seen_at) AS seen_at,
        max(load_number) AS load_number,
        arg_min(currency, (created_at, charge_id)) AS currency,
        sum(amount_minor)::BIGINT AS total_minor,
        sum(tax_minor)::BIGINT AS tax_minor,
        sum(shipping_minor)::BIGINT AS shipping_minor,
        min(coalesce(invoice_number, custom_id)) FILTER (coalesce(invoice_number, custom_id) NOT LIKE 'req\_%' ESCAPE '\')
            AS number,
        arg_max(customer_id, (created_at, charge_id)) AS customer_id,
        arg_max(email, (created_at, charge_id)) AS email,
        arg_max(payer_name, (created_at, charge_id)) AS customer_name,
        arg_max(country, (created_at, charge_id)) AS country,
        bool_or(is_tax_inclusive) AS is_tax_inclusive,
        min(CASE status WHEN 'succeeded' THEN 'completed' WHEN 'pending' THEN 'pending' ELSE status END) AS status,
        min(created_at) FILTER (status = 'succeeded') AS paid_at,
        min(created_at) AS created_at
    FROM staging.paypal_payments
    WHERE order_id IS NOT NULL
    GROUP BY ALL
)
SELECT
    coalesce(o.gateway, p.gateway) AS gateway,
    coalesce(o.account, p.account) AS account,
    greatest(o.seen_at, p.seen_at) AS seen_at,
    greatest(o.load_number, p.load_number) AS load_number,
    coalesce(o.id, p.order_id) AS order_id,
    coalesce(s.number, p.number, o.id, p.order_id) AS number,
    coalesce(o.payer_payer_id, p.customer_id) AS customer_id,
    nullif(trim(coalesce(o.payer_email_address, p.email)), '') AS email,
    coalesce(nullif(concat_ws(' ', o.payer_name_given_name, o.payer_name_surname), ''), p.customer_name) AS customer_name,
    coalesce(o.payer_address_country_code, p.country) AS country,
    CASE
        WHEN o.id IS NULL THEN p.status
        WHEN o.status = 'VOIDED' THEN 'cancelled'
        -- A payment was made of it, which may wait, or have been denied.
        WHEN o.status = 'COMPLETED' THEN coalesce(p.status, 'completed')
        ELSE 'pending'
    END AS status,
    coalesce(s.currency, p.currency) AS currency,
    coalesce(s.total_minor - s.tax_minor - s.shipping_minor + s.discount_minor,
        p.total_minor - p.tax_minor - p.shipping_minor) AS subtotal_minor,
    coalesce(s.discount_minor, 0) AS discount_minor,
    coalesce(s.shipping_minor, p.shipping_minor) AS shipping_minor,
    coalesce(s.tax_minor, p.tax_minor) AS tax_minor,
    coalesce(s.total_minor, p.total_minor) AS total_minor,
    coalesce(p.is_tax_inclusive, false) AS is_tax_inclusive,
    p.paid_at,
    NULL::TIMESTAMPTZ AS completed_at,
    coalesce(o.create_time, p.created_at) AS created_at
FROM raw_paypal.orders o
LEFT JOIN summed s ON s.gateway = o.gateway AND s.account = o.account AND s.order_id = o.id
FULL JOIN paid p ON p.gateway = o.gateway AND p.account = o.account AND p.order_id = o.id
