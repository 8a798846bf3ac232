"""From a resource's declaration to SQL: where a column stands, how it is typed, and why a row is set aside."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.currencies import EXPONENTS
from connectors.gateway import Column, Resource

PAGE = "^."
"""A path that begins so is read from the page around the objects."""

_STORED = {
    "text": "VARCHAR",
    "bigint": "BIGINT",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMPTZ",
    "iso_time": "TIMESTAMPTZ",
    "gmt_time": "TIMESTAMPTZ",
    "decimal": "VARCHAR",
    "json": "VARCHAR",
    "currency": "VARCHAR",
}
_ISO_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"
_GMT_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
_DECIMAL = r"-?\d{1,15}(\.\d{1,8})?"
_COUNTED = ("count", "quantity", "month", "year", "day", "days")
_EARLIEST = 946_684_800
"""2000-01-01: before it there was none of these gateways."""
_LATEST = 7_258_118_400
"""2200-01-01: later times are milliseconds that were taken for seconds."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A gateway's resource, and the words for it in a sentence."""

    gateway: str
    resource: Resource

    @property
    def object_words(self) -> str:
        """ "payment intent" for payment_intent."""
        return self.resource.object_type.replace("_", " ")

    @property
    def page_columns(self) -> list[Column]:
        """The columns that stand in the page; their values go in front of the object's id."""
        return [column for column in self.resource.columns if column.path.startswith(PAGE)]


def stored_type(column: Column) -> str:
    """The column's type in raw tables."""
    return _STORED[column.kind]


def is_raw_json(column: Column) -> bool:
    """Whether the incoming text is JSON, so that 12 and "12" stay different."""
    return column.kind in ("bigint", "bool", "timestamp", "json")


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """The text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def typed(column: Column) -> str:
    """SQL that types one incoming text column; NULL where it cannot be."""
    name = quoted(column.name)
    match column.kind:
        case "bigint":
            return f"try_cast({name} AS BIGINT)"
        case "bool":
            return f"try_cast({name} AS BOOLEAN)"
        case "timestamp":
            return f"CASE WHEN {_is_time(name)} THEN to_timestamp(try_cast({name} AS BIGINT)) END"
        case "iso_time":
            return f"CASE WHEN {_is_iso_time(name)} THEN try_cast({name} AS TIMESTAMPTZ) END"
        case "gmt_time":
            return f"CASE WHEN {_is_gmt_time(name)} THEN try_cast({name} || 'Z' AS TIMESTAMPTZ) END"
        case "currency":
            return f"upper({name})"
        case _:
            return name


def reasons(shape: Shape) -> str:
    """SQL for the sentence that says why an incoming row is set aside; NULL for a good one.

    A deleted object is only an id and the word that it is gone, so nothing else is asked of it.
    """
    kind = literal(shape.resource.object_type)
    name = shape.resource.name
    cases = [
        "doubt",
        f"CASE WHEN object <> {kind} THEN 'object is ''' || object || ''': a page of {name} holds ' || {kind} END",
    ]
    for column in shape.resource.columns:
        cases += [f"CASE WHEN {when} THEN {sentence} END" for when, sentence in _faults(shape, column)]
    found = f"nullif(concat_ws('; ', {', '.join(cases)}), '')"
    return f"CASE WHEN id IS NULL OR id = '' THEN 'id is missing' WHEN is_deleted THEN NULL ELSE {found} END"


def _faults(shape: Shape, column: Column) -> list[tuple[str, str]]:
    """(condition, sentence as SQL) of everything that can be wrong with one column."""
    name = quoted(column.name)
    faults = _faults_of_kind(column, name)
    currencies = [other for other in shape.resource.columns if other.kind == "currency"]
    if column.kind == "decimal" and len(currencies) == 1:
        faults.append(_too_fine(column, quoted(currencies[0].name)))
    if column.at_least is not None:
        faults.append(
            (f"try_cast({name} AS BIGINT) < {column.at_least}", _says(column, f": less than {column.at_least}"))
        )
    if column.is_required:
        faults.append((f"{name} IS NULL", literal(f"{column.name} is missing")))
    if column.allowed is not None:
        known = ", ".join(literal(value) for value in sorted(column.allowed))
        who = f"{shape.gateway.capitalize()} documents for a {shape.object_words}"
        faults.append((f"{name} NOT IN ({known})", _says(column, f" is not one that {who}", quote=True)))
    return faults


def _faults_of_kind(column: Column, name: str) -> list[tuple[str, str]]:
    match column.kind:
        case "bigint":
            rule = "whole numbers only" if column.name.endswith(_COUNTED) else "minor units are whole numbers"
            return [(f"coalesce(try_cast({name} AS BIGINT)::VARCHAR, '') <> {name}", _says(column, f": {rule}"))]
        case "bool":
            return [(f"{name} NOT IN ('true', 'false')", _says(column, ": only true or false is"))]
        case "timestamp":
            return [(f"NOT {_is_time(name)}", _says(column, ": not a time between 2000 and 2200 in whole seconds"))]
        case "iso_time":
            return [(f"NOT {_is_iso_time(name)}", _says(column, ": not an ISO 8601 time with an offset"))]
        case "gmt_time":
            return [(f"NOT {_is_gmt_time(name)}", _says(column, ": not an ISO 8601 time without an offset"))]
        case "decimal":
            return [(f"NOT regexp_full_match({name}, '{_DECIMAL}')", _says(column, ": not a decimal amount"))]
        case "currency":
            known = ", ".join(literal(code) for code in EXPONENTS)
            return [(f"upper({name}) NOT IN ({known})", _says(column, " is not in ISO 4217", quote=True))]
        case _:
            return []


def _too_fine(column: Column, currency: str) -> tuple[str, str]:
    """An amount with a part of a minor unit; zeros at its end do not count."""
    digits = f"length(rtrim(regexp_extract({quoted(column.name)}, '\\.([0-9]+)$', 1), '0'))"
    decimals = " ".join(f"WHEN {_is_one_of(currency, count)} THEN {count}" for count in set(EXPONENTS.values()))
    return f"{digits} > CASE {decimals} END", _says(column, ": finer than its currency's minor unit")


def _is_one_of(currency: str, decimals: int) -> str:
    codes = ", ".join(literal(code) for code, found in EXPONENTS.items() if found == decimals)
    return f"upper({currency}) IN ({codes})"


def _is_time(name: str) -> str:
    """Whole seconds in range; TRY_CAST alone would round 1.5."""
    return (
        f"(coalesce(try_cast({name} AS BIGINT)::VARCHAR, '') = {name}"
        f" AND try_cast({name} AS BIGINT) BETWEEN {_EARLIEST} AND {_LATEST})"
    )


def _is_iso_time(name: str) -> str:
    """With an offset: a time without one could be anywhere."""
    return f"(regexp_full_match({name}, '{_ISO_TIME}') AND try_cast({name} AS TIMESTAMPTZ) IS NOT NULL)"


def _is_gmt_time(name: str) -> str:
    """Without an offset, where the field's name says that it is UTC: one with an offset would be counted twice."""
    return f"(regexp_full_match({name}, '{_GMT_TIME}') AND try_cast({name} || 'Z' AS TIMESTAMPTZ) IS NOT NULL)"


def _says(column: Column, rest: str, *, quote: bool = False) -> str:
    """SQL of a sentence with the value in it, cut where it is long."""
    value = f"left({quoted(column.name)}, 60)"
    if quote:
        return f"{literal(column.name + ' ' + chr(39))} || {value} || {literal(chr(39) + rest)}"
    return f"{literal(column.name + ' is ')} || {value} || {literal(rest)}"
