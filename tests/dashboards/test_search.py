"""People are found by whatever the agent has in hand, in any order."""

from __future__ import annotations

import pytest

from tests.dashboards.conftest import Web
from tests.dashboards.published_fixture import GUEST, KENJI, NOOR, UMA, ZOE
from warehouse.published import PublishedFile
from warehouse.reads.people import search


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zoe@example.com", [ZOE]),
        ("Zoë Müller", [ZOE]),
        ("MULLER zoe", [ZOE]),
        ("müller", [ZOE]),
        ("cus_kenji", [KENJI]),
        ("ch_noor1", [NOOR]),
        ("CH_NOOR1", [NOOR]),
        ("4444", [GUEST]),
        ("19.99 4444", [GUEST]),
        ("4444 19,99", [GUEST]),
        ("4444 19.98", []),
        ("1999 80000", [KENJI]),
        ("80,000 jpy", [KENJI]),
        ("80.000 JPY kenji", [KENJI]),
        ("12.345 kwd", [NOOR]),
        ("12.345 eur", []),
        ("119 zoe", [ZOE]),
        ("119.00 EUR 4242", [ZOE]),
        ("25 usd 4242", [UMA]),
        ("zoe kenji", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("ch_nobody_knows", []),
        ("   ", []),
    ],
)
def test_a_person_is_found(shared_web: Web, words: str, found: list[str]) -> None:
    published = PublishedFile(shared_web.paths.published)
    people = [person.person_id for person in search(published, words)]
    if words in ("_",):
        assert UMA in people, "an underscore is a letter of the ids, not a wildcard"
    else:
        assert people == found


def test_a_charge_leads_straight_to_its_person(shared_web: Web) -> None:
    answer = shared_web.as_role("agent").get("/customers?q=ch_zoe2_part", follow_redirects=False)
    assert answer.headers["location"] == f"/customers/{ZOE}#ch_zoe2_part"


def test_a_person_that_nobody_knows_is_not_found(shared_web: Web) -> None:
    assert shared_web.as_role("agent").get("/customers/per_nobody").status_code == 404
