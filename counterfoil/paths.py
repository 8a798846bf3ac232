"""Where things lie below `var_dir`. One place, so that flows, pages and commands agree."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one installation."""

    var: Path

    @property
    def landing(self) -> Path:
        """Raw pages as they came: landing/<gateway>/<label>/<resource>/*.ndjson.gz."""
        return self.var / "landing"

    @property
    def warehouse(self) -> Path:
        """Belongs to the flows; may be deleted and rebuilt from landing."""
        return self.var / "warehouse.duckdb"

    @property
    def books(self) -> Path:
        """What cannot be derived again: number series, documents, audit log, closes."""
        return self.var / "books.duckdb"

    @property
    def published(self) -> Path:
        """Versioned read-only files, and `current`, which names the newest."""
        return self.var / "published"

    @property
    def documents(self) -> Path:
        """The PDFs as issued."""
        return self.var / "documents"

    @property
    def journal(self) -> Path:
        """The action workers' fsynced, hash-chained journals."""
        return self.var / "journal"

    @property
    def seen_before(self) -> Path:
        """What objects of gateways looked like before actions were sent, where only that tells what came of them."""
        return self.var / "seen_before"

    @property
    def inbox(self) -> Path:
        """What came from outside and waits to be handled: inbox/<source>/."""
        return self.var / "inbox"

    @property
    def helpdesks(self) -> Path:
        """What workers read at helpdesks: whose a ticket is, which address an agent has. Copies."""
        return self.var / "helpdesks"

    @property
    def commands(self) -> Path:
        """What macros wrote on tickets: commands/<helpdesk>/hints, written, done, answers."""
        return self.var / "commands"

    @property
    def batches(self) -> Path:
        """Frozen lists of batches, each named by its digest."""
        return self.var / "batches"

    @property
    def watch(self) -> Path:
        """Who was told of what is wrong."""
        return self.var / "watch"

    @property
    def keys(self) -> Path:
        """Signing keys: the private one is the web service's and the CLI's alone."""
        return self.var / "keys"

    @property
    def customers(self) -> Path:
        """Of the customers' own billing page: links that were used, digests of codes."""
        return self.var / "customers"

    @property
    def customers_key(self) -> Path:
        """The secret behind customers' links and sessions. A new one ends all of them."""
        return self.keys / "customers.key"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' pages about the incoming batches."""
        return self.var / "data_docs"

    @property
    def exports(self) -> Path:
        """Audit exports and spreadsheets."""
        return self.var / "exports"

    @property
    def users(self) -> Path:
        """Local accounts: argon2 hashes, replaced atomically."""
        return self.var / "users.json"

    @property
    def logs(self) -> Path:
        """What the started processes print."""
        return self.var / "logs"
