"""`backup` and `restore`: everything that cannot be had again, without secrets, in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.options import SettingsFile
from counterfoil.cli.up.ports import only_instance
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import load_settings, settings_file


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    path: Annotated[Path, typer.Argument(help="The new folder to write it into.")], settings: SettingsFile = None
) -> None:
    """Back up books, raw pages, warehouse, documents, audit trail and Prefect's runs; while it runs, or not."""
    from warehouse.backups.taking import take_backup

    loaded = load_settings(settings)
    files = (settings_file(settings), loaded.policy_file)
    manifest = take_backup(Paths(loaded.var_dir), files, path.absolute(), now=utc_now())
    print(f"{path}: {len(manifest.files):,} files, {manifest.bytes:,} bytes.")
    if not manifest.has_prefect:
        print("Prefect's database is not in it, for it is no file of this folder: back it up with its own tools.")
    print("Secrets are not in it: keep .env and the private keys (var/keys) by themselves.")


def restore(
    path: Annotated[Path, typer.Argument(help="The folder that `backup` wrote.", exists=True, file_okay=False)],
    settings: SettingsFile = None,
) -> None:
    """Restore a backup into the empty data folder of the settings, after comparing every file with its SHA-256."""
    from warehouse.backups.restoring import check_empty, restore_backup

    paths = Paths(load_settings(settings).var_dir)
    check_empty(paths)
    lock = only_instance(paths.var)
    try:
        manifest = restore_backup(path.absolute(), paths)
    finally:
        lock.release()
    print(f"{paths.var}: {len(manifest.files):,} files as of {manifest.made_at[:19]} UTC.")
    print(f"Settings and policy of that time lie in {path / 'settings'}. A new signing key is made at the next start.")
