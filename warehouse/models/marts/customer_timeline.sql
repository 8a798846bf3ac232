-- grain: one row per thing that happened with a person
-- key: person_id
-- changed: SELECT person_id FROM changes.marts_customer_people WHERE version > $version
-- changed: SELECT person_id FROM changes.marts_charge_search WHERE version > $version
-- changed: SELECT person_id FROM changes.marts_order_search WHERE version > $version
-- changed: SELECT person_id FROM marts.order_search SEMI JOIN (SELECT gateway, account, order_id FROM changes.canonical_orders WHERE version > $version) USING (gateway, account, order_id)
-- changed: SELECT person_id FROM marts.charge_search SEMI JOIN (SELECT gateway, account, charge_id FROM changes.canonical_charges WHERE version > $version UNION SELECT gateway, account, charge_id FROM changes.canonical_refunds WHERE version > $version UNION SELECT gateway, account, charge_id FROM changes.canonical_disputes WHERE version > $version) USING (gateway, account, charge_id)
-- changed: SELECT person_id FROM marts.customer_people SEMI JOIN (SELECT gateway, account, customer_id FROM changes.canonical_invoices WHERE version > $version UNION SELECT gateway, account, customer_id FROM changes.canonical_subscriptions WHERE version > $version UNION SELECT gateway, account, customer_id FROM changes.canonical_credit_notes WHERE version > $version) USING (gateway, account, customer_id)
-- changed: SELECT person_id FROM marts.customer_people SEMI JOIN (SELECT i.gateway, i.account, i.customer_id FROM canonical.invoices i SEMI JOIN (SELECT gateway, account, invoice_id FROM changes.canonical_credit_notes WHERE version > $version) USING (gateway, account, invoice_id)) USING (gateway, account, customer_id)
-- changed: SELECT person_id FROM marts.customer_people SEMI JOIN (SELECT n.gateway, n.account, n.customer_id FROM canonical.credit_notes n SEMI JOIN (SELECT gateway, account, invoice_id FROM changes.canonical_invoices WHERE version > $version) USING (gateway, account, invoice_id)) USING (gateway, account, customer_id)
WITH charges AS (
    SELECT s.person_id, c.*
    FROM canonical.charges c
    JOIN marts.charge_search s USING (gateway, account, charge_id)
),
refunds AS (
    SELECT s.person_id, c.customer_id, r.*
    FROM canonical.refunds r
    JOIN marts.charge_search s USING (gateway, account, charge_id)
    JOIN canonical.charges c USING (gateway, account, charge_id)
),
disputes AS (
    SELECT s.person_id, c.customer_id, d.*
    FROM canonical.disputes d
    JOIN marts.charge_search s USING (gateway, account, charge_id)
    JOIN canonical.charges c USING (gateway, account, charge_id)
)
SELECT person_id, created_at AS at, 'charge' AS kind, gateway, account, charge_id AS object_id, charge_id, customer_id,
    coalesce(description, 'Payment') AS title, amount_minor, currency, status,
    json_object('captured_minor', captured_minor, 'refunded_minor', refunded_minor, 'is_disputed', is_disputed,
        'failure_message', failure_message, 'card_brand', card_brand, 'card_last4', card_last4,
        'payment_method', payment_method, 'invoice_id', invoice_id) AS detail
FROM charges
UNION ALL BY NAME
SELECT person_id, created_at AS at, 'refund' AS kind, gateway, account, refund_id AS object_id, charge_id, customer_id,
    concat_ws(': ', 'Refund', replace(reason, '_', ' ')) AS title, amount_minor, currency, status,
    json_object('reason', reason, 'failure_reason', failure_reason, 'request_id', request_id) AS detail
FROM refunds
UNION ALL BY NAME
SELECT person_id, created_at AS at, 'dispute' AS kind, gateway, account, dispute_id AS object_id, charge_id, customer_id,
    concat_ws(': ', 'Dispute', replace(reason, '_', ' ')) AS title, amount_minor, currency, status,
    json_object('reason', reason, 'evidence_due_at', evidence_due_at) AS detail
FROM disputes
UNION ALL BY NAME
SELECT p.person_id, coalesce(i.finalized_at, i.created_at) AS at, 'invoice' AS kind, i.gateway, i.account,
    i.invoice_id AS object_id, i.charge_id, i.customer_id, concat_ws(' ', 'Invoice', i.number) AS title,
    i.total_minor AS amount_minor, i.currency, i.status,
    json_object('remaining_minor', i.remaining_minor, 'due_at', i.due_at, 'tax_minor', i.tax_minor,
        'hosted_url', i.hosted_url, 'pdf_url', i.pdf_url, 'subscription_id', i.subscription_id) AS detail
FROM canonical.invoices i
JOIN marts.customer_people p USING (gateway, account, customer_id)
UNION ALL BY NAME
SELECT p.person_id, coalesce(s.started_at, s.created_at) AS at, 'subscription' AS kind, s.gateway, s.account,
    s.subscription_id AS object_id, NULL::VARCHAR AS charge_id, s.customer_id,
    concat_ws(': ', 'Subscription', s.product_name) AS title, s.amount_minor, s.currency, s.status,
    json_object('interval', s.interval, 'interval_count', s.interval_count, 'quantity', s.quantity,
        'current_period_end_at', s.current_period_end_at, 'is_cancel_at_period_end', s.is_cancel_at_period_end,
        'canceled_at', s.canceled_at, 'ended_at', s.ended_at) AS detail
FROM canonical.subscriptions s
JOIN marts.customer_people p USING (gateway, account, customer_id)
UNION ALL BY NAME
SELECT s.person_id, o.created_at AS at, 'order' AS kind, o.gateway, o.account, o.order_id AS object_id,
    NULL::VARCHAR AS charge_id, o.customer_id, concat_ws(' ', 'Order', o.number) AS title,
    o.total_minor AS amount_minor, o.currency, o.status,
    json_object('number', o.number, 'tax_minor', o.tax_minor, 'paid_at', o.paid_at) AS detail
FROM canonical.orders o
JOIN marts.order_search s USING (gateway, account, order_id)
UNION ALL BY NAME
SELECT p.person_id, n.created_at AS at, 'credit_note' AS kind, n.gateway, n.account, n.credit_note_id AS object_id,
    i.charge_id, coalesce(n.customer_id, i.customer_id) AS customer_id, concat_ws(' ', 'Credit note', n.number) AS title,
    n.amount_minor, n.currency, n.status,
    json_object('reason', n.reason, 'invoice_id', n.invoice_id, 'tax_minor', n.tax_minor) AS detail
FROM canonical.credit_notes n
LEFT JOIN canonical.invoices i USING (gateway, account, invoice_id)
JOIN marts.customer_people p
    ON p.gateway = n.gateway AND p.account = n.account AND p.customer_id = coalesce(n.customer_id, i.customer_id)
UNION ALL BY NAME
SELECT s.person_id, d.issued_at AS at, 'document' AS kind, d.gateway, d.account, d.document_id AS object_id, d.charge_id,
    d.customer_id, concat_ws(' ', upper(left(replace(d.kind, '_', ' '), 1)) || substr(replace(d.kind, '_', ' '), 2), d.number)
        AS title,
    d.total_minor AS amount_minor, d.currency, 'issued' AS status,
    json_object('document_kind', d.kind, 'number', d.number, 'pdf_path', d.pdf_path) AS detail
FROM books.documents d
JOIN marts.charge_search s USING (gateway, account, charge_id)
