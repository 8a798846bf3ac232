-- grain: one row per Stripe balance transaction
SELECT
    gateway,
    account,
    seen_at,
    load_number,
    id AS balance_transaction_id,
    type,
    coalesce(reporting_category, type) AS reporting_category,
    source AS source_id,
    -- A fee of its own, as for Billing or Radar, is all fee; Stripe writes it as an amount that leaves.
    CASE WHEN type = 'stripe_fee' THEN 0 ELSE staging.stripe_minor(amount, currency) END AS gross_minor,
    staging.stripe_minor(CASE WHEN type = 'stripe_fee' THEN fee - amount ELSE fee END, currency) AS fee_minor,
    staging.stripe_minor(net, currency) AS net_minor,
    currency,
    exchange_rate,
    status,
    available_on AS available_at,
    created AS created_at
FROM raw_stripe.balance_transactions
