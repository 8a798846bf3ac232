"""The settings of alerts: who is told when something is stuck, failing or broken, and from when on it counts so."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

WEBHOOK = "COUNTERFOIL_ALERT_WEBHOOK"
"""The address that is told. It is a secret: with chat programs, whoever knows it may write there."""


class Alerts(BaseModel):
    """Who is told and when. Without addresses, and without the secret of a webhook, nobody is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    emails: tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...] = ()
    """Told through the server of [mail]."""
    stuck_after_minutes: Annotated[int, Field(ge=1, le=10_000)] = 10
    """A run that should have begun so long ago, or an action that is under way for so long, is stuck."""
    failures_in_a_row: Annotated[int, Field(ge=1, le=20)] = 3
    """So many runs of a schedule that failed one after another are told."""
    inbox_after_minutes: Annotated[int, Field(ge=1, le=10_000)] = 15
    """What waits in the inbox for longer is told; statements of banks are read hourly, so they get an hour more."""
    again_after_hours: Annotated[int, Field(ge=1, le=1_000)] = 24
    """What is still so after this long is told again."""
