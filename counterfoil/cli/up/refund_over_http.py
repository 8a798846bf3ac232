"""Send one refund request as an agent does: sign in, open the customer, confirm, and watch the state."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from counterfoil.paths import Paths
from counterfoil.settings import Settings

TIMEOUT_S = 60.0


class NothingToRefund(RuntimeError):
    """No charge of the published file can be refunded in part."""


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What came of the request."""

    run_id: str
    charge_id: str
    amount: str
    outcome: str
    sentence: str


def refund_one_charge(settings: Settings, show: Callable[[str], None]) -> RefundResult:
    """Refund 1.00 EUR of a charge, over the web service's own forms."""
    account, charge_id = refundable_charge(settings)
    client = httpx.Client(base_url=f"http://{settings.web.host}:{settings.web.port}", follow_redirects=True, timeout=30)
    with client:
        show("signing in")
        page = client.get("/sandbox/sign-in")
        client.post("/sandbox/sign-in", data={"role": "agent", **_hidden(page.text)}).raise_for_status()
        show(f"asking for 1.00 EUR of {charge_id}")
        about = {"action": "refund", "account": account, "kind": "charge", "id": charge_id}
        form = client.get("/ask", params=about).raise_for_status()
        fields = {**_hidden(form.text), "amount": "1.00", "reason_code": "goodwill", "reason_text": "Late delivery"}
        # The form shows what is left; an amount of one's own is shown once more before it is confirmed.
        answer = client.post("/actions", data={**fields, "previewed": "100"})
        answer.raise_for_status()
        run_id = answer.url.path.rpartition("/")[2]
        return _wait(client, run_id, charge_id, show)


def refundable_charge(settings: Settings) -> tuple[str, str]:
    """Account and id of the newest card charge in EUR of which nothing was given back: the same once more within ten
    minutes would be asked about. Raises NothingToRefund."""
    from warehouse.published import PublishedFile

    rows = PublishedFile(Paths(settings.var_dir).published).rows(
        """
        SELECT account, charge_id
        FROM canonical.charges
        WHERE gateway = 'stripe' AND status = 'succeeded' AND NOT is_disputed AND currency = 'EUR'
          AND payment_method = 'card' AND refunded_minor = 0 AND captured_minor >= 1000
        ORDER BY created_at DESC, charge_id LIMIT 1
        """
    )
    if not rows:
        raise NothingToRefund("The published file holds no charge in EUR with enough left to refund.")
    row = rows[0]
    return str(row["account"]), str(row["charge_id"])


def _hidden(html: str) -> dict[str, str]:
    """The hidden fields of the page's forms: CSRF token, request id and what the form is about."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            fields[name.group(1)] = value.group(1)
    return fields


def _wait(client: httpx.Client, run_id: str, charge_id: str, show: Callable[[str], None]) -> RefundResult:
    deadline = time.monotonic() + TIMEOUT_S
    name, sentence = "Scheduled", ""
    while time.monotonic() < deadline:
        state = client.get(f"/actions/{run_id}/state").raise_for_status().json()
        name, sentence = str(state["state"]), str(state.get("sentence") or "")
        if state["is_finished"]:
            break
        show(f"{name.lower()}")
        time.sleep(0.2)
    return RefundResult(run_id, charge_id, "1.00 EUR", name, sentence)
