"""`audit list|verify|export`: the trail of every action, by agent and with its reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from counterfoil.cli.options import Json, SettingsFile
from counterfoil.paths import Paths
from counterfoil.queue import Queue
from counterfoil.requests import utc_now
from counterfoil.settings import Settings, load_settings
from counterfoil.signing_keys import private_key

app = typer.Typer(no_args_is_help=True, help="The trail of every action.")

First = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, in the reporting time zone.")
]
Last = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, inside.")]


@app.command("list")
def list_trail(first: First = None, last: Last = None, settings: SettingsFile = None, as_json: Json = False) -> None:
    """List what the audit log holds, oldest first."""
    from warehouse.books.audit_trail import list_entries

    loaded = load_settings(settings)
    since, until = _bounds(loaded, first, last)
    rows = list_entries(Paths(loaded.var_dir), since=since, until=until)
    if as_json:
        print(json.dumps([{"sequence": row.sequence, **asdict(row.entry)} for row in rows], indent=2, default=str))
        return
    for row in rows:
        entry = row.entry
        who = f"{entry.actor or '-'} ({entry.role or '-'})"
        when = f"{entry.recorded_at:%Y-%m-%d %H:%M:%S}"
        print(f"{row.sequence:>6}  {when}  {entry.kind:<12} {who}: {entry.object_id or ''} {entry.sentence or ''}")


@app.command("verify")
def verify_trail(
    anchors: Annotated[Path | None, typer.Option(help="Where the anchors are; else var/exports/anchors.")] = None,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Compare flow runs, journals, audit log and anchors, and name what differs. Needs the Prefect server."""
    found = verify_audit(load_settings(settings), anchors)
    if as_json:
        print(json.dumps(found, indent=2, default=str))
    else:
        print(found["sentence"])
        for finding in found["findings"]:
            print(f"  {finding['kind']} in {finding['where']}: {finding['what']}")
    if not found["is_intact"]:
        raise typer.Exit(1)


@app.command("export")
def export_trail(
    folder: Annotated[Path | None, typer.Option(help="Where to; else var/exports/audit-<days>.")] = None,
    first: First = None,
    last: Last = None,
    settings: SettingsFile = None,
) -> None:
    """Write the trail of a period as CSV and JSON lines with a signed manifest."""
    loaded = load_settings(settings)
    exported = export_audit(loaded, folder, first, last)
    print(f"{exported['rows']} records written to {exported['folder']}: {', '.join(exported['files'])}.")


def verify_audit(settings: Settings, anchors: Path | None = None) -> dict[str, Any]:
    """{"is_intact", "sentence", "rows", "vouches_until", "findings"}."""
    from warehouse.books.audit_trail import verify

    queue = Queue(settings.prefect.api_url)
    try:
        found = verify(Paths(settings.var_dir), queue, place=anchors)
    finally:
        queue.close()
    return {
        "is_intact": found.is_intact,
        "sentence": found.sentence(),
        "rows": found.rows,
        "vouches_until": found.vouches_until,
        "findings": [asdict(finding) for finding in found.findings],
    }


def export_audit(
    settings: Settings, folder: Path | None = None, first: datetime | None = None, last: datetime | None = None
) -> dict[str, Any]:
    """Export a period of the log, signed with this installation's key: {"folder", "rows", "files"}."""
    from warehouse.books.audit_trail import export_period

    paths = Paths(settings.var_dir)
    now = utc_now()
    since, until = _bounds(settings, first, last)
    days = f"{first:%Y-%m-%d}" if first else "beginning", f"{last:%Y-%m-%d}" if last else f"{now:%Y-%m-%d}"
    exported = export_period(
        paths,
        folder or paths.exports / f"audit-{days[0]}-to-{days[1]}",
        private_key(paths.keys),
        since=since or datetime(1970, 1, 1, tzinfo=now.tzinfo),
        until=until or now,
        now=now,
    )
    return {"folder": str(exported.folder), "rows": exported.rows, "files": list(exported.files)}


def _bounds(
    settings: Settings, first: datetime | None, last: datetime | None
) -> tuple[datetime | None, datetime | None]:
    since = first.replace(tzinfo=settings.zone) if first else None
    until = (last + timedelta(days=1)).replace(tzinfo=settings.zone) if last else None
    return since, until
