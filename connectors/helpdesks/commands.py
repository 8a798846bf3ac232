"""What a macro writes into a ticket: a private note that begins with `counterfoil:` and says what is wished.

    counterfoil: refund part
    amount: 10.00
    id: ch_123                   (optional: otherwise the customer's newest that it can be done with)
    reason: duplicate            (optional: a code of the policy)
    sure: yes                    (where the customer was found by the ticket's address only: it is the right one)
    again: yes                   (where the same was asked for a short time ago: another one is meant)
    Any other line is the reason in words.

The note's author, as the helpdesk's API tells it, is who asks; the note's id makes it one request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

WORD = "counterfoil:"
MAX_LINES = 40
MAX_VALUE = 200


class CommandInvalid(ValueError):
    """The note is meant for us and cannot be understood; the text says what to write."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro: the action that it asks for and what it must bring."""

    name: str
    title: str
    action: str
    needs: tuple[str, ...] = ()
    """Values that must be given, of `amount`, `vat id`, `coupon`."""
    details: dict[str, str | int | bool] = field(default_factory=dict)


MACROS = {
    macro.name: macro
    for macro in (
        Macro("refund last charge", "Refund last charge", "refund"),
        Macro("refund part", "Refund part", "refund", ("amount",)),
        Macro("cancel at period end", "Cancel at period end", "cancel_subscription", (), {"at_period_end": True}),
        Macro("send invoice", "Send invoice", "send_invoice"),
        Macro("add vat id", "Add VAT id", "add_tax_id", ("vat id",)),
        Macro("apply coupon", "Apply coupon", "apply_coupon", ("coupon",)),
    )
}
DETAIL_OF = {"vat id": "tax_id", "coupon": "coupon_id"}
"""Which detail of an action a value becomes."""
_VALUES = ("amount", "id", "reason", "vat id", "coupon", "sure", "again")
_LINE = re.compile(rf"({'|'.join(_VALUES)})\s*:\s*(.*)", re.IGNORECASE)
_BLANK = re.compile(r"[_.…<>\[\]\s]*")
"""A place that a macro leaves to be filled in, and nobody did."""


@dataclass(frozen=True, slots=True)
class Command:
    """One wish. Values are as they were written."""

    macro: Macro
    amount: str = ""
    object_id: str = ""
    reason_code: str = ""
    reason_text: str = ""
    values: dict[str, str] = field(default_factory=dict)
    """`vat id` or `coupon`."""
    is_sure: bool = False
    is_again: bool = False

    def details(self) -> dict[str, str | int | bool]:
        """The action's details."""
        given = {DETAIL_OF[name]: value for name, value in self.values.items() if name in self.macro.needs}
        return {**self.macro.details, **given}


def is_command(text: str) -> bool:
    """Whether a note is meant for us."""
    return text.lstrip().lower().startswith(WORD)


def read_command(text: str, fields: dict[str, str] | None = None) -> Command:
    """Read a note. `fields`: custom fields of the ticket, which count where the note says nothing.

    Raises CommandInvalid.
    """
    lines = [line.strip() for line in text.strip().splitlines()][:MAX_LINES]
    name = " ".join(lines[0][len(WORD) :].lower().replace("-", " ").split()).rstrip(".")
    macro = MACROS.get(name)
    if macro is None:
        raise CommandInvalid(f"There is no macro “{name[:60]}”; there are: {', '.join(MACROS)}.")
    given, words = _values(lines[1:])
    given = {word: value for word, value in (fields or {}).items() if word in _VALUES} | given
    for need in macro.needs:
        if not given.get(need):
            raise CommandInvalid(f"{macro.title}: write the {need} into the note, on a line “{need}: …”.")
    return Command(
        macro=macro,
        amount=given.get("amount", "") if "amount" in macro.needs else "",
        object_id=given.get("id", ""),
        reason_code=given.get("reason", ""),
        reason_text=words,
        values={word: given[word] for word in DETAIL_OF if word in given},
        is_sure=_is_yes(given, "sure"),
        is_again=_is_yes(given, "again"),
    )


def _is_yes(given: dict[str, str], name: str) -> bool:
    value = given.get(name, "no").lower()
    if value not in ("yes", "no"):
        raise CommandInvalid(f"What stands after “{name}:” must be yes or no.")
    return value == "yes"


def _values(lines: list[str]) -> tuple[dict[str, str], str]:
    given: dict[str, str] = {}
    words: list[str] = []
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            words.append(line)
            continue
        name, value = found[1].lower(), found[2].strip()
        if name in given and given[name] != value:
            raise CommandInvalid(f"The note says “{name}” twice; leave one line.")
        if len(value) > MAX_VALUE:
            raise CommandInvalid(f"What stands after “{name}:” is longer than {MAX_VALUE} characters.")
        if not _BLANK.fullmatch(value):
            given[name] = value
    return given, "\n".join(word for word in words if word)
