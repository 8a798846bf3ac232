"""States in words, and the colour that goes with each; the word always stands beside the colour."""

from __future__ import annotations

_GOOD = frozenset(
    {"done", "succeeded", "paid", "won", "active", "matched", "allowed", "approve", "approved", "verified"}
)
_BAD = frozenset(
    "failed refused lost uncollectible crashed denied deny block difference failed_later unpaid broken".split()
) | {"missing lines", "no lines", "failed later"}
_WAITING = frozenset(
    "pending scheduled running awaiting_approval needs_response under_review requires_action open past_due trialing "
    "authorized report incomplete cancelling paused".split()
) | {"awaiting approval", "under way", "warning needs response"}


def state_class(state: str | None) -> str:
    """The colour of a state; the state's word always stands beside it."""
    plain = (state or "").lower()
    if plain in _GOOD:
        return "good"
    if plain in _BAD:
        return "bad"
    return "waiting" if plain in _WAITING or plain.startswith("warning") else "quiet"


def words(code: str | None) -> str:
    """An identifier as words: requires_action -> requires action."""
    return (code or "–").replace("_", " ")
