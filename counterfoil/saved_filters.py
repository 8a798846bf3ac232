"""Filters that a company keeps in its settings, to make lists of refunds from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class SavedFilter(BaseModel):
    """A filter with a name; what is left out means all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60)]
    kind: Literal["all", "duplicates"] = "all"
    days: Annotated[int, Field(ge=1, le=3_660)] = 7
    """The last so many days, today included."""
    account: str | None = None
    currency: str | None = None
    product: str | None = None
    within_minutes: Annotated[int, Field(ge=1, le=1_440)] = 10
    """For duplicates: how soon after the first charge the second one came."""
