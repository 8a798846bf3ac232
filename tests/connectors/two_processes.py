"""The same refund, asked for by two processes in the same moment: `python -m tests.connectors.two_processes …`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from connectors.actions import Refund
from connectors.gateway import AccountAccess
from connectors.money import Money
from connectors.registry import gateway_of
from flows.actions.object_lock import object_lock


def at_once(access: AccountAccess, charge_id: str, locks: Path) -> list[str]:
    """What each of two processes was told: the gateway's reference of the refund."""
    given = [access.account, access.api_base, access.api_key, charge_id, str(locks)]
    command = [sys.executable, "-m", "tests.connectors.two_processes", *given]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) for _ in range(2)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
    return [one.communicate(timeout=60)[0].strip() for one in both]


def main(account: str, api_base: str, api_key: str, charge_id: str, locks: str) -> None:
    actor = gateway_of(account).open_actor(AccountAccess(account, api_base, api_key))
    wanted = Refund(
        account=account,
        object_id=charge_id,
        amount=Money(100, "EUR"),
        reason_code="duplicate",
        request_id=f"req_{'a' * 32}",
    )
    print("ready", flush=True)
    sys.stdin.readline()
    # As flows.actions.protocol does: these gateways know no key, so that looking first is what protects.
    with object_lock(Path(locks), account, charge_id, time.sleep) as is_held:
        assert is_held
        print(actor.perform(wanted, idempotency_key="cf_1").gateway_reference, flush=True)
    actor.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
