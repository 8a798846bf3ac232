"""One folder a story of bank lines and payouts, as CSV files, and beside them what the matching makes of it.

`python -m tests.reconciliation.story_files` writes expected.csv anew; look at the difference before you keep it.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb

from warehouse.build import MACROS
from warehouse.inputs import BANK_ACCOUNTS
from warehouse.model_files import FOLDER

STORIES = Path(__file__).resolve().parent / "stories"
_TABLES = {
    "bank_accounts": f"seeds.bank_accounts ({BANK_ACCOUNTS})",
    "bank_statements": "canonical.bank_statements (bank_account VARCHAR, since_on DATE, until_on DATE)",
    "payouts": "canonical.payouts (gateway VARCHAR, account VARCHAR, payout_id VARCHAR, amount_minor BIGINT,"
    " currency VARCHAR, status VARCHAR, arrival_on DATE)",
    "bank_lines": "canonical.bank_lines (bank_account VARCHAR, bank_line_id VARCHAR, booked_on DATE,"
    " amount_minor BIGINT, currency VARCHAR, text VARCHAR, counterparty VARCHAR, reference VARCHAR, kind VARCHAR)",
}
_SHOWN = "side, bank_account, object_id, result, rule, others, difference_minor, cause"


def told() -> list[Path]:
    """The stories' folders."""
    return sorted(path for path in STORIES.iterdir() if path.is_dir())


def tell(story: Path) -> str:
    """The rows of marts.bank_reconciliation, as CSV."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA staging; CREATE SCHEMA seeds; CREATE SCHEMA canonical; CREATE SCHEMA marts")
        connection.execute("CREATE MACRO staging.reporting_zone() AS 'UTC'")
        connection.execute(MACROS.read_text(encoding="utf-8"))
        for name, table in _TABLES.items():
            connection.execute(f"CREATE TABLE {table}")
            _fill(connection, table.partition(" ")[0], story / f"{name}.csv")
        connection.execute("UPDATE canonical.payouts SET gateway = split_part(account, '/', 1)")
        for mart in ("bank_matches", "bank_reconciliation"):
            sql = (FOLDER / "marts" / f"{mart}.sql").read_text(encoding="utf-8")
            connection.execute(f"CREATE TABLE marts.{mart} AS {sql}")
        found = connection.execute(f"SELECT {_SHOWN} FROM marts.bank_reconciliation ORDER BY ALL").fetchall()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_SHOWN.split(", "))
    writer.writerows(found)
    return text.getvalue()


def _fill(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        heading, *rows = csv.reader(file)
    for row in rows:
        places = ", ".join("?" * len(row))
        values = [value or None for value in row]
        connection.execute(f"INSERT INTO {table} ({', '.join(heading)}) VALUES ({places})", values)


def main() -> None:
    for story in told():
        (story / "expected.csv").write_text(tell(story), encoding="utf-8")


if __name__ == "__main__":
    main()
