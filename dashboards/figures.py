"""Figures beside figures: changes and shares, counted in whole numbers."""

from __future__ import annotations

_MINUS = "\u2212"


def change(now: int, before: int | None) -> str | None:
    """How much more or less: in percent, from ten times on as a multiple; None where nothing is to compare with."""
    if not before:
        return None
    per_mille = abs(now - before) * 1000 // abs(before)
    if per_mille >= 10_000 and now > 0 and before > 0:
        return f"× {now // before}"
    sign = "+" if now > before else _MINUS if now < before else "±"
    return f"{sign}{per_mille // 10}.{per_mille % 10} %"


def share(part: int, whole: int) -> str | None:
    """A part in percent of a whole, with one decimal."""
    if whole <= 0:
        return None
    per_mille = abs(part) * 1000 // whole
    return f"{_MINUS if part < 0 else ''}{per_mille // 10}.{per_mille % 10} % of gross"
