"""Lists for batches: what a file must be, what a filter finds, and what the dry run leaves out, each with its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from counterfoil.batch_lists import FrozenList, ListAltered, ListMissing, freeze, read_list
from counterfoil.policy import load_policy
from tests.dashboards.conftest import ROOT, settings_for
from tests.dashboards.published_fixture import publish_small
from warehouse.batches.csv_list import read_csv, source_of
from warehouse.batches.dry_run import Judge
from warehouse.batches.filters import BatchFilter, choices, matching
from warehouse.batches.wanted import MAX_LINES, ListInvalid, Wanted
from warehouse.published import PublishedFile

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
YEAR = BatchFilter("all", date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small published file, with one charge that was taken three times within a quarter of an hour."""
    var = tmp_path_factory.mktemp("lists")
    publish_small(var / "published")
    with duckdb.connect(str(var / "published" / "small.duckdb")) as connection:
        for place, minutes in enumerate((0, 4, 13, 30)):
            at = datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(minutes=minutes)
            values = (f"ch_again{place}", f"{'x' if place == 3 else 'same'}@example.com", at)
            connection.execute(
                "INSERT INTO canonical.charges (gateway, account, charge_id, amount_minor, captured_minor,"
                " refunded_minor, currency, status, is_disputed, email, seen_at, created_at)"
                " VALUES ('stripe', 'stripe/eu', $1, 900, 900, 0, 'EUR', 'succeeded', false, $2, $3, $3)",
                values,
            )
            connection.execute(
                "INSERT INTO marts.charge_facts VALUES ('stripe', 'stripe/eu', $1, $2, NULL, NULL)",
                (values[0], at.date()),
            )
    return var


@pytest.fixture(scope="module")
def published(folder: Path) -> PublishedFile:
    return PublishedFile(folder / "published")


@pytest.fixture(scope="module")
def judge(folder: Path) -> Judge:
    return Judge(settings_for(folder), load_policy(ROOT / "policy.toml"), "lead", NOW)


def test_a_file_names_charges_and_if_wanted_more() -> None:
    body = "charge;account;amount;currency;ticket\nch_1;stripe/eu;1.234;KWD;4711\n\nch_2;;10,50;EUR;\nch_3;;;;\n"
    assert read_csv(body.encode("utf-8-sig")) == [
        Wanted(2, "stripe/eu", "ch_1", 1234, "KWD", "4711"),
        Wanted(4, "", "ch_2", 1050, "EUR", None),
        Wanted(5, "", "ch_3", None, None, None),
    ]


WHOLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty"),
    "header only": (b"charge\n", "a header and no lines"),
    "wrong columns": (b"customer,sum\nx,1\n", "Line 1: there is no column"),
    "unknown column": (b"charge,colour\nch_1,red\n", "the column “colour” is not known"),
    "column twice": (b"charge,id\nch_1,ch_1\n", "a column stands there twice"),
    "no currency": (b"charge,amount\nch_1,1\n", "needs the column “currency”"),
    "latin-1": ("charge,ticket\nch_1,a\nch_2,caf\xe9\n".encode("latin-1"), "Line 3: the file is not UTF-8"),
    "utf-16": ("charge\nch_1\n".encode("utf-16"), "The file is UTF-16"),
    "a spreadsheet": (b"PK\x03\x04\x00\x00", "Line 1: a zero byte"),
    "an open quote": (b'charge\nch_1\n"ch_2\nch_3\n', "Line 3: this is no CSV"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_that_is_none_is_refused_in_a_sentence(case: str) -> None:
    body, words = WHOLE[case]
    with pytest.raises(ListInvalid) as told:
        read_csv(body)
    assert words in str(told.value)


LINES: dict[str, tuple[str, str]] = {
    "formula": ('"=HYPERLINK(""http://x"")",EUR,1', "is a formula"),
    "no charge": (",EUR,1", "the charge id is missing"),
    "blanks inside": ("ch 1,EUR,1", "is not a charge id"),
    "no such currency": ("ch_1,EURO,1", "'EURO' is not a currency"),
    "small letters": ("ch_1,eur,1", "'eur' is not a currency"),
    "amount without currency": ("ch_1,,1", "an amount needs its currency"),
    "less than nothing": ("ch_1,EUR,-5", "'-5' is not an amount"),
    "nothing": ("ch_1,EUR,0", "greater than zero"),
    "too fine": ("ch_1,EUR,1.005", "1.005"),
    "yen with decimals": ("ch_1,JPY,1.5", "1.5"),
    "thousands": ('ch_1,EUR,"1,000.00"', "is not an amount"),
    "a word": ("ch_1,EUR,much", "is not an amount"),
    "huge": ("ch_1,EUR,99999999999999999999", "is not an amount"),
    "too many cells": ("ch_1,EUR,1,2", "4 cells under 3 columns"),
    "long": ("c" * 201 + ",EUR,1", "longer than 200 characters"),
}


@pytest.mark.parametrize("case", LINES)
def test_a_line_that_cannot_be_read_is_named_with_its_number(case: str) -> None:
    line, words = LINES[case]
    with pytest.raises(ListInvalid) as told:
        read_csv(f"charge,currency,amount\nch_0,EUR,1\n{line}\nch_9,USD,\n".encode())
    assert [fault[:8] for fault in told.value.faults] == ["Line 3: ", "Line 4: "]
    assert words in told.value.faults[0]


def test_a_hundred_thousand_lines_are_read_and_one_more_is_too_many() -> None:
    lines = "".join(f"ch_{number}\n" for number in range(MAX_LINES))
    assert len(read_csv(f"charge\n{lines}".encode())) == MAX_LINES
    with pytest.raises(ListInvalid, match="more than 100,000 lines; split it"):
        read_csv(f"charge\n{lines}ch_x\n".encode())
    with pytest.raises(ListInvalid) as told:
        read_csv(b"charge\n" + b"=1\n" * 200)
    assert len(told.value.faults) == 100 and told.value.count == 200


def test_the_dry_run_says_of_each_line_whether_and_why_not(published: PublishedFile, judge: Judge) -> None:
    lines = (
        "charge,account,amount,currency",
        "ch_zoe1_invoiced,,,",
        "ch_zoe2_part,stripe/eu,10.00,EUR",
        "ch_kenji1,,500,JPY",
        "ch_zoe1_invoiced,stripe/eu,1.00,EUR",
        "ch_zoe2_part,stripe/us,,",
        "ch_nobody,,,",
        "ch_zoe3_disputed,,,",
        "ch_zoe4_failed,,,",
        "ch_uma1,,,",
        "ch_noor1,,13.000,EUR",
        "ch_guest1,,20.00,USD",
    )
    found = judge.judged(published, read_csv("\n".join(lines).encode()), {"file": "bad day.csv"})
    assert [(one.line, one.object_id, one.amount_minor, one.currency) for one in found.items] == [
        (2, "ch_zoe1_invoiced", 11900, "EUR"),
        (3, "ch_zoe2_part", 1000, "EUR"),
        (4, "ch_kenji1", 500, "JPY"),
    ]
    assert found.totals == {"EUR": 12900, "JPY": 500}
    assert [(one.line, one.reason) for one in found.excluded] == [
        (5, "listed_twice"),
        (6, "unknown"),
        (7, "unknown"),
        (8, "disputed"),
        (9, "not_taken"),
        (10, "not_ours"),
        (11, "wrong_currency"),
        (12, "over_left"),
    ]
    sentences = [one.sentence for one in found.excluded]
    assert sentences[0] == "The charge stands in line 2 already; that one counts."
    assert sentences[1] == "The charge belongs to stripe/eu, not to stripe/us."
    assert sentences[7] == "20.00 USD was asked for and only 19.99 USD is left."
    assert sum(found.reasons.values()) == 8


def test_a_line_over_the_limit_of_the_role_is_left_out(published: PublishedFile, judge: Judge) -> None:
    wanted = [Wanted(2, "", "ch_zoe1_invoiced", None, None, None)]
    (over,) = replace(judge, role="auditor").judged(published, wanted, {}).excluded
    assert over.reason == "over_limit" and "no limit in EUR" in over.sentence
    tight = judge.policy.model_copy(deep=True)
    tight.roles["lead"]["refund"].limit["EUR"] = 100
    (over,) = replace(judge, policy=tight).judged(published, wanted, {}).excluded
    assert over.sentence == "The role lead may refund 1.00 EUR at most at once."


def test_likely_duplicates_are_the_later_charges_only(published: PublishedFile) -> None:
    found = matching(published, replace(YEAR, kind="duplicates"))
    assert [one.charge_id for one in found] == ["ch_again1", "ch_again2"]
    narrow = matching(published, replace(YEAR, kind="duplicates", within_minutes=5))
    assert [one.charge_id for one in narrow] == ["ch_again1"]


def test_a_filter_takes_one_product_one_period_one_account_or_one_currency(published: PublishedFile) -> None:
    def ids(**changes: object) -> list[str]:
        return [one.charge_id for one in matching(published, replace(YEAR, **changes))]  # type: ignore[arg-type]

    assert ids(product="Atlas") == ["ch_zoe1_invoiced"]
    assert ids(since=date(2026, 11, 1), until=date(2026, 11, 3)) == ["ch_kenji1", "ch_noor1", "ch_guest1"]
    assert ids(account="stripe/us") == ["ch_uma1"]
    assert ids(currency="JPY") == ["ch_kenji1"]
    assert "ch_zoe4_failed" not in ids()
    with pytest.raises(ListInvalid, match="finds no charge"):
        ids(product="Nothing")
    assert choices(published)["product"] == ["Atlas"]


def test_a_frozen_list_is_read_as_it_was_and_never_as_somebody_changed_it(tmp_path: Path) -> None:
    body = b"charge\nch_1\n"
    source = source_of(" refunds.csv", body)
    assert source["file"] == "refunds.csv" and len(source["sha256"]) == 64
    digest = freeze(tmp_path, FrozenList(source, (), ()))
    assert read_list(tmp_path, digest) == FrozenList(source, (), ())
    assert freeze(tmp_path, FrozenList(source, (), ())) == digest
    for wrong in ("0" * 64, "../../etc/passwd", ""):
        with pytest.raises(ListMissing):
            read_list(tmp_path, wrong)
    other = freeze(tmp_path, FrozenList({"file": "b"}, (), ()))
    (tmp_path / f"{other}.ndjson").write_text('{"source":{}}\n')
    with pytest.raises(ListAltered):
        read_list(tmp_path, other)
