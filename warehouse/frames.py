"""Arrow to pandas without ever making a float of an amount: whole numbers stay whole where some are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd


def as_frame(table: pa.Table) -> pd.DataFrame:
    """The table as a frame; BIGINT becomes pandas' Int64, which has room for a missing value."""
    import pandas as pd

    def whole(kind: pa.DataType) -> pd.Int64Dtype | None:
        return pd.Int64Dtype() if kind == pa.int64() else None

    return table.to_pandas(types_mapper=whole)
