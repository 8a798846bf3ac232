"""What a restricted key may do, and that no key is ever shown."""

from __future__ import annotations

import logging
import traceback
from dataclasses import replace

import pytest

from connectors.errors import GatewayError, NotAuthorised
from connectors.gateway import AccountAccess
from connectors.gateways.stripe.act import StripeActor
from connectors.gateways.stripe.permissions import READS, WRITES
from connectors.gateways.stripe.read import StripeReader
from connectors.money import Money
from tests.connectors.conftest import Till
from tests.connectors.test_stripe_act import perform, refund

PRIVATE = "sk_test_privateprivateprivate"


def granted(access: AccountAccess, key: str) -> dict[str, bool]:
    reader = StripeReader(replace(access, api_key=key))
    found = {line.name: line.is_granted for line in reader.permissions()}
    reader.close()
    return found


def test_a_full_key_may_do_everything(access: AccountAccess) -> None:
    assert set(granted(access, access.api_key).values()) == {True}


def test_a_reading_key_may_read_everything_and_write_nothing(access: AccountAccess) -> None:
    found = granted(access, "rk_test_sandbox")
    assert [name for name, is_granted in found.items() if not is_granted] == list(WRITES)


def test_each_permission_that_is_missing_is_named_in_stripes_words(access: AccountAccess, till: Till) -> None:
    permissions = {"*": "read", "event": "none", "payout": "none", "refund": "write", "charge": "write"}
    till.shop.control("PUT", "keys", {"key": "rk_test_some", "permissions": permissions})
    found = granted(access, "rk_test_some")
    lacking = [name for name, is_granted in found.items() if not is_granted]
    assert lacking == ["Payouts: Read", "Events: Read", *(name for name in WRITES if "Refunds" not in name)]


def test_asking_what_a_key_may_leaves_no_trace(access: AccountAccess, till: Till) -> None:
    before = till.shop.control("GET", "summary")
    granted(access, access.api_key)
    assert till.shop.control("GET", "summary") == before


def test_a_key_that_stripe_does_not_know_is_no_missing_permission(access: AccountAccess) -> None:
    with pytest.raises(NotAuthorised, match="wrong, expired or revoked"):
        granted(access, PRIVATE)


def test_every_permission_says_what_it_is_for() -> None:
    assert all(purpose and ": Read" in name for name, purpose in READS.values())


def test_a_key_is_in_no_repr_log_error_or_traceback(
    access: AccountAccess, till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = replace(access, api_key=PRIVATE)
    reader, actor = StripeReader(wrong), StripeActor(wrong)
    shown = [repr(wrong), str(wrong), repr(reader), repr(actor), repr(vars(actor)), repr(vars(reader))]
    charge = till.take("USD")["id"]
    for ask in (
        lambda: list(reader.pages("charges")),
        lambda: reader.fetch("charges", charge),
        lambda: actor.charge_state(charge),
        lambda: perform(actor, refund(charge, Money(10, "USD"))),
    ):
        with pytest.raises(GatewayError) as raised:
            ask()
        shown += [repr(raised.value), "".join(traceback.format_exception(raised.value))]
    reader.close()
    actor.close()
    assert "private" not in "".join(shown) + caplog.text
