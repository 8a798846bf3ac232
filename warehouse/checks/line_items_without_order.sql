-- check: Lines of orders that are not there
-- severity: block
SELECT l.account, l.order_id, l.line_item_id
FROM canonical.line_items l
ANTI JOIN canonical.orders o USING (gateway, account, order_id)
