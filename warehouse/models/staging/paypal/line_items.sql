-- grain: one row per line of a PayPal order: its items, shipping and discount
WITH units AS MATERIALIZED (
    SELECT gateway, account, seen_at, load_number, id AS order_id, unnest(staging.entries(purchase_units)) AS unit,
        generate_subscripts(staging.entries(purchase_units), 1) AS number
    FROM raw_paypal.orders
),
priced AS MATERIALIZED (
    SELECT *, unit ->> '$.amount.currency_code' AS currency, staging.paypal_shipping(unit) AS shipping_minor,
        coalesce(staging.paypal_part(unit, 'discount'), 0) AS discount_minor
    FROM units
),
items AS MATERIALIZED (
    SELECT * EXCLUDE (unit), unnest(staging.entries(unit -> '$.items')) AS item,
        generate_subscripts(staging.entries(unit -> '$.items'), 1) AS place
    FROM priced
),
of_orders AS (
    SELECT gateway, account, seen_at, load_number, order_id, number || ':' || place AS line_item_id,
        1000 * number + place AS position, 'product' AS kind, item ->> '$.name' AS description,
        staging.whole(item ->> '$.quantity') AS quantity,
        staging.whole(item ->> '$.quantity') * staging.minor(item ->> '$.unit_amount.value', currency) AS amount_minor,
        coalesce(staging.whole(item ->> '$.quantity') * staging.minor(item ->> '$.tax.value', currency), 0) AS tax_minor,
        currency, item ->> '$.sku' AS sku
    FROM items
    UNION ALL BY NAME
    SELECT gateway, account, seen_at, load_number, order_id, number || ':shipping' AS line_item_id,
        1000 * number + 998 AS position, 'shipping' AS kind, 'Shipping' AS description, 1 AS quantity,
        shipping_minor AS amount_minor, 0 AS tax_minor, currency
    FROM priced
    WHERE shipping_minor <> 0
    UNION ALL BY NAME
    SELECT gateway, account, seen_at, load_number, order_id, number || ':discount' AS line_item_id,
        1000 * number + 999 AS position, 'discount' AS kind, 'Discount' AS description, 1 AS quantity,
        -discount_minor AS amount_minor, 0 AS tax_minor, currency
    FROM priced
    WHERE discount_minor <> 0
),
carts AS MATERIALIZED (
    -- Orders that were never read by their id are known by their first payment's cart.
    SELECT p.gateway, p.account, p.seen_at, p.load_number, p.order_id, p.currency, p.items, p.shipping_minor
    FROM staging.paypal_payments p
    ANTI JOIN raw_paypal.orders o ON o.gateway = p.gateway AND o.account = p.account AND o.id = p.order_id
    WHERE p.order_id IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY p.gateway, p.account, p.order_id ORDER BY p.created_at, p.charge_id) = 1
),
cart_items AS MATERIALIZED (
    SELECT *, unnest(staging.entries(items)) AS item, generate_subscripts(staging.entries(items), 1) AS place FROM carts
),
of_carts AS (
    SELECT gateway, account, seen_at, load_number, order_id, '1:' || place AS line_item_id, 1000 + place AS position,
        'product' AS kind, coalesce(item ->> '$.item_name', item ->> '$.item_description') AS description,
        coalesce(staging.whole(item ->> '$.item_quantity'), 1) AS quantity,
        coalesce(staging.minor(item ->> '$.item_amount.value', currency),
            coalesce(staging.whole(item ->> '$.item_quantity'), 1)
                * staging.minor(item ->> '$.item_unit_price.value', currency)) AS amount_minor,
        coalesce(list_sum(list_transform(staging.entries(item -> '$.tax_amounts'),
            lambda part: staging.minor(part ->> '$.tax_amount.value', currency))), 0)::BIGINT AS tax_minor,
        currency, item ->> '$.item_code' AS sku
    FROM cart_items
    UNION ALL BY NAME
    SELECT gateway, account, seen_at, load_number, order_id, '1:shipping' AS line_item_id, 1998 AS position,
        'shipping' AS kind, 'Shipping' AS description, 1 AS quantity, shipping_minor AS amount_minor, 0 AS tax_minor,
        currency
    FROM carts
    WHERE shipping_minor <> 0
)
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    order_id,
    line_item_id,
    position::BIGINT AS position,
    kind,
    description,
    quantity::BIGINT AS quantity,
    amount_minor,
    tax_minor::BIGINT AS tax_minor,
    currency,
    NULL::VARCHAR AS product_id,
    sku
FROM (FROM of_orders UNION ALL BY NAME FROM of_carts)
