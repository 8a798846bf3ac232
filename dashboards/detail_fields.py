"""The fields of an action's form beyond its amount, and what was written into them, read back strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connectors.requested import LONGEST_TEXT, Detail, details_of
from dashboards.choices import Options, options_of
from dashboards.offering import capabilities_of
from dashboards.service import Service
from dashboards.subjects import Subject
from dashboards.titles import value_in_words

PREFIX = "detail_"
YES = "yes"
_WHOLE = re.compile(r"[0-9]{1,7}")
_HINTS = {
    "note": "One line, up to 500 characters",
    "is_prorated": "Credited or charged for the days of the running period",
}

Details = dict[str, str | int | bool]


class DetailWrong(ValueError):
    """A field holds what it cannot; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the page shows it."""

    name: str
    label: str
    kind: Literal["text", "number", "checkbox", "select"]
    value: str
    is_required: bool
    options: Options = ()
    hint: str = ""
    longest: int = LONGEST_TEXT


def fields_of(service: Service, subject: Subject, action: str, written: Mapping[str, str] | None) -> list[Field]:
    """The fields that this gateway takes; `written` is None where nothing was sent yet."""
    return [
        _field(detail, options_of(service, subject, action, detail.name), written) for detail in _taken(subject, action)
    ]


def read_details(service: Service, subject: Subject, action: str, written: Mapping[str, str]) -> Details:
    """The details as they were written. Raises DetailWrong; what is missing or too long the action itself tells."""
    taken = _taken(subject, action)
    given = {name.removeprefix(PREFIX) for name in written if name.startswith(PREFIX)}
    if unknown := sorted(given - {detail.name for detail in taken}):
        raise DetailWrong(f"This action takes no “{unknown[0][:40]}” here.")
    return {
        detail.name: _value(
            detail, written.get(PREFIX + detail.name), options_of(service, subject, action, detail.name)
        )
        for detail in taken
    }


def chosen_in_words(service: Service, subject: Subject, action: str, details: Mapping[str, object]) -> dict[str, str]:
    """The details of a request, label -> value; what was chosen from a list by the list's words."""
    found = {}
    for detail in details_of(action):
        if detail.name in details:
            value = value_in_words(details[detail.name])
            found[detail.words] = dict(options_of(service, subject, action, detail.name)).get(value, value)
    return found


def _taken(subject: Subject, action: str) -> tuple[Detail, ...]:
    """The details that the gateway takes, and those that the action cannot do without."""
    known = capabilities_of(subject.account)
    capability = known.actions.get(action) if known else None
    named = capability.details if capability else ()
    return tuple(detail for detail in details_of(action) if detail.default is None or detail.name in named)


def _field(detail: Detail, options: Options, written: Mapping[str, str] | None) -> Field:
    name, hint = PREFIX + detail.name, _HINTS.get(detail.name, "")
    if detail.kind is bool:
        is_on = bool(detail.default) if written is None else name in written
        return Field(name, detail.words, "checkbox", YES if is_on else "", False, hint=hint)
    before = "" if detail.default is None else str(detail.default)
    value = before if written is None else written.get(name, "")
    kind: Literal["text", "number", "select"] = "select" if options else "number" if detail.kind is int else "text"
    return Field(name, detail.words, kind, value, detail.default is None, options, hint)


def _value(detail: Detail, text: str | None, options: Options) -> str | int | bool:
    if detail.kind is bool:
        if text not in (None, YES):
            raise DetailWrong(f"{detail.words}: it is ticked or not, and nothing else.")
        return text == YES
    plain = (text or "").strip()
    if detail.kind is int:
        if not _WHOLE.fullmatch(plain):
            raise DetailWrong(f"{detail.words}: “{plain[:40]}” is not a whole number; write it like 2.")
        return int(plain)
    if options and plain and plain not in dict(options):
        raise DetailWrong(f"{detail.words}: “{plain[:40]}” is not one of those to choose from.")
    return plain
