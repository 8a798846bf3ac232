"""Figures beside figures: changes and shares, counted in whole numbers."""

from __future__ import annotations

_MINUS = "\u2212"


def change(now: int, before: int | None) -> str | None:
    """How much more or less, in percent with one decimal; None where there is nothing to compare with."""
    if not before:
        return None
    per_mille = abs(now - before) * 1000 // abs(before)
    sign = "+" if now > before else _MINUS if now < before else "±"
    return f"{sign}{per_mille // 10}.{per_mille % 10} %"


def share(part: int, whole: int) -> str | None:
    """A part in percent of a whole, with one decimal."""
    if whole <= 0:
        return None
    per_mille = abs(part) * 1000 // whole
    return f"{_MINUS if part < 0 else ''}{per_mille // 10}.{per_mille % 10} % of gross"
