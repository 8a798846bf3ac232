"""The statement of the sandbox's bank, put where an upload would lie."""

from __future__ import annotations

import httpx

from counterfoil.cli.up.stand_ins import CONTROL_HEADERS
from counterfoil.paths import Paths
from counterfoil.requests import utc_now
from counterfoil.settings import Settings
from counterfoil.statement_inbox import put_upload


def take_bank_statement(settings: Settings) -> str:
    """Fetch what the stand-in of Stripe paid out, as its bank tells it; say whether it is new."""
    base = next(account.api_base for account in settings.accounts if account.gateway == "stripe")
    answer = httpx.get(f"{base}/_sandbox/bank", headers=CONTROL_HEADERS, timeout=60).raise_for_status()
    body = str(answer.json()["camt053"]).encode()
    _, is_new = put_upload(
        Paths(settings.var_dir).inbox,
        body,
        "sandbox-bank.xml",
        bank_account="",
        is_correction=False,
        by="sandbox",
        now=utc_now(),
    )
    return "a new statement" if is_new else "imported before"
