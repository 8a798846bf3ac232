-- check: Charges that the search lost or doubled, or whose person is not there
-- severity: block
SELECT c.account, c.charge_id, count(s.charge_id) AS found, any_value(s.person_id) AS person_id
FROM canonical.charges c
LEFT JOIN marts.charge_search s USING (gateway, account, charge_id)
LEFT JOIN marts.people p USING (person_id)
GROUP BY c.gateway, c.account, c.charge_id
HAVING count(p.person_id) <> 1
