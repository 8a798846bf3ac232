"""The in-memory table against the plain way of doing it."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.stripe.bulk import bulk_store
from sandbox.stripe.paging import page
from sandbox.stripe.resources import BY_PATH
from sandbox.stripe.table import Key, Table, Window
from sandbox.stripe.wire import load

ROWS = st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), max_size=40)
BOUND = st.none() | st.integers(0, 20)


def filled(rows: list[tuple[int, str]]) -> tuple[Table, list[tuple[Key, str]]]:
    table, plain = Table(), []
    for number, (created, colour) in enumerate(rows):
        key = (created, number, f"id_{number}")
        table.put(key, b"{}", {"colour": colour})
        plain.append((key, colour))
    return table, sorted(plain)


@given(ROWS, BOUND, BOUND, st.sets(st.sampled_from("abc"), min_size=1))
def test_windows_and_filters_are_those_of_a_plain_scan(
    rows: list[tuple[int, str]], first: int | None, last: int | None, colours: set[str]
) -> None:
    table, plain = filled(rows)
    wanted = [
        key[2]
        for key, colour in plain
        if colour in colours and (first is None or key[0] >= first) and (last is None or key[0] <= last)
    ]
    found = list(table.oldest([("colour", colours)], Window(first, last)))
    assert found == wanted
    assert list(table.newest([("colour", colours)], Window(first, last))) == wanted[::-1]


@given(ROWS.filter(bool), st.data())
def test_cursors_lie_strictly_outside(rows: list[tuple[int, str]], data: st.DataObject) -> None:
    table, plain = filled(rows)
    cursor = data.draw(st.sampled_from([key for key, _ in plain]))
    assert list(table.oldest([], Window(after=cursor))) == [key[2] for key, _ in plain if key > cursor]
    assert list(table.oldest([], Window(before=cursor))) == [key[2] for key, _ in plain if key < cursor]


def test_a_changed_value_moves_the_object_to_another_filter() -> None:
    table, _ = filled([(1, "a"), (2, "a")])
    table.put((1, 0, "id_0"), b"{}", {"colour": "b"})
    assert list(table.oldest([("colour", {"a"})], Window())) == ["id_1"]
    assert list(table.oldest([("colour", {"b"})], Window())) == ["id_0"]


def test_bulk_charges_are_of_the_promised_size_and_number() -> None:
    store = bulk_store(1_000)
    raw = store.tables["charge"].raw
    assert len(raw) == 1_000
    assert 2_300 <= sum(len(body) for body in raw.values()) // 1_000 <= 2_700
    ids, has_more = page(store, BY_PATH["charges"], {"limit": "100"})
    assert (len(ids), has_more) == (100, True)
    assert load(raw[ids[0]])["created"] > load(raw[ids[99]])["created"]
