-- check: People who stand twice, or whose charges are not those of the search
-- severity: block
SELECT p.person_id, count(*) AS copies, any_value(p.charges) AS charges, any_value(s.charges) AS charges_found
FROM marts.people p
LEFT JOIN (SELECT person_id, count(*) AS charges FROM marts.charge_search GROUP BY ALL) s USING (person_id)
GROUP BY p.person_id
HAVING count(*) > 1 OR any_value(p.charges) IS DISTINCT FROM coalesce(any_value(s.charges), 0)
