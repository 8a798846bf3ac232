"""The rows behind the revenue figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from warehouse.published import PublishedFile
from warehouse.reads.revenue import RevenueFilter


def rows_of(
    published: PublishedFile,
    figure: str,
    asked: RevenueFilter,
    bounds: tuple[datetime, datetime],
    *,
    limit: int,
    offset: int,
) -> list[dict[str, Any]]:
    return []


def sums_of(
    published: PublishedFile, figure: str, asked: RevenueFilter, bounds: tuple[datetime, datetime]
) -> list[dict[str, Any]]:
    return []
