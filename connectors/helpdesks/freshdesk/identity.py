"""Freshdesk signs nothing for an app's frame: what the app tells of the ticket is taken as a hint only.

Everybody may open it, and nothing is shown before the agent's own session says who they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.helpdesks.callers import Caller, Opening


def identify(opening: Opening, secrets: Sequence[str], now: datetime) -> Caller:
    """Nobody is vouched for."""
    return Caller("nothing")
