"""GET /v1/reporting/transactions: spans of 31 days at most, pages of 500 at most, up to three hours late."""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta

from sandbox.paypal.errors import PayPalError
from sandbox.paypal.shapes import iso
from sandbox.paypal.store import Entry, Store
from sandbox.stripe.wire import Json

LONGEST = timedelta(days=31)


def search(store: Store, sent: dict[str, str], *, delay: int, most: int) -> Json:
    """The answer to a search. `delay` is in seconds, `most` how many rows one search may find."""
    first, last = _time(sent, "start_date"), _time(sent, "end_date")
    refreshed = store.clock.now() - delay
    if last - first > LONGEST:
        raise PayPalError(400, "SPAN_TOO_LONG")
    if first.timestamp() > refreshed:
        raise PayPalError(400, "NO_DATA_YET")
    rows = store.all("transaction")
    low = bisect_left(rows, int(first.timestamp()), key=lambda one: one.at)
    high = bisect_right(rows, min(int(last.timestamp()), refreshed), key=lambda one: one.at)
    found = [entry for entry in rows[low:high] if _fits(entry, sent)]
    if len(found) > most:
        raise PayPalError(400, "RESULTSET_TOO_LARGE")
    return _page(found, sent, first, last, refreshed)


def _page(found: list[Entry], sent: dict[str, str], first: datetime, last: datetime, refreshed: int) -> Json:
    size, number = int(sent.get("page_size", "100")), int(sent.get("page", "1"))
    if not (1 <= size <= 500 and number >= 1):
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field="page_size")
    part = found[(number - 1) * size : number * size]
    answer: Json = {
        "account_number": "SANDBOXACCT01",
        "start_date": iso(int(first.timestamp())),
        "end_date": iso(int(last.timestamp())),
        "last_refreshed_datetime": iso(refreshed),
        "page": number,
        "total_items": len(found),
        "total_pages": -(-len(found) // size),
        "links": [{"href": "https://api.paypal.com/v1/reporting/transactions", "rel": "self", "method": "GET"}],
    }
    wanted = sent.get("fields", "transaction_info").split(",")
    if part:
        rows = [entry.shown for entry in part]
        answer["transaction_details"] = rows if "all" in wanted else [_only(row, wanted) for row in rows]
    return answer


def _only(row: Json, wanted: list[str]) -> Json:
    return {name: part for name, part in row.items() if name in wanted}


def _fits(entry: Entry, sent: dict[str, str]) -> bool:
    info = entry.shown["transaction_info"]
    filters = {
        "transaction_type": "transaction_event_code",
        "transaction_status": "transaction_status",
        "transaction_id": "transaction_id",
    }
    if sent.get("balance_affecting_records_only", "Y") == "Y" and not entry.hidden["moved"]:
        return False
    return all(info.get(field) == sent[name] for name, field in filters.items() if name in sent)


def _time(sent: dict[str, str], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(sent[name])
    except KeyError:
        raise PayPalError(400, "MISSING_REQUIRED_PARAMETER", field=name) from None
    except ValueError:
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field=name) from None
    if found.tzinfo is None:
        raise PayPalError(400, "INVALID_PARAMETER_SYNTAX", field=name)
    return found
