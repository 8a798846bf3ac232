"""How a text for a customer is put together: messages by gettext, amounts and days as people read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from zoneinfo import ZoneInfo

from connectors.money import Money

Message = NewType("Message", str)
"""A text that a catalogue may translate, with {names} to be filled in."""


def marked(text: str) -> Message:
    """Mark a text for the catalogues; it is translated when it is said."""
    return Message(text)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One language."""

    language: str
    """ISO 639-1, such as "de"."""
    zone: ZoneInfo
    translate: Callable[[str], str]
    money: Callable[[Money], str]
    day: Callable[[datetime], str]

    def say(self, message: Message, **values: object) -> str:
        """A sentence: money and times are written as this language does, everything else as it is."""
        return self.translate(message).format(**{name: self._written(value) for name, value in values.items()})

    def _written(self, value: object) -> str:
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, datetime):
            return self.day(value.astimezone(self.zone))
        return str(value)


def english(zone: ZoneInfo) -> Speaker:
    """The language that the messages are written in."""
    return Speaker(
        "en",
        zone,
        translate=lambda text: text,
        money=lambda money: f"{money.decimal():,} {money.currency}",
        day=lambda at: f"{at.day} {at:%B %Y}",
    )
