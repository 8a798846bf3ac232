"""How a stand-in is set up: from the command line and the environment."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime


@dataclass(frozen=True)
class Settings:
    """`read_key` may not write. `webhook_delays`: seconds between attempts; `settle_after`: None is on request only."""

    key: str
    read_key: str
    webhook_secret: str
    webhook_url: str | None = None
    webhook_delays: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
    settle_after: float | None = None
    control_token: str = "sandbox-control"

    def __repr__(self) -> str:
        return f"Settings(webhook_url={self.webhook_url!r}, settle_after={self.settle_after!r})"


@dataclass(frozen=True)
class Scope:
    """What the seeded account holds: the `months` that end before `today`, full, small or tiny."""

    seed: int = 7
    months: int = 12
    scale: str = "full"
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
