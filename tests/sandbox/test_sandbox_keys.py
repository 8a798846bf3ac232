"""Keys: whose they are, and what restricted ones may do."""

import pytest
import stripe

from sandbox.stripe.auth import Keys
from sandbox.stripe.running import Running
from sandbox.stripe.settings import Settings
from tests.sandbox.calling import http, refundable, sdk


def test_a_wrong_key_is_not_authenticated(shop: Running) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided") as caught:
        sdk(shop, "sk_test_someone_elses_key").v1.charges.list()
    assert "someone_elses" not in str(caught.value)


def test_no_key_is_not_authenticated(shop: Running) -> None:
    answer = http().get(f"{shop.url}/v1/charges")
    assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")


@pytest.mark.parametrize("header", ["Bearer", "Basic !!!", "Basic gICA", "Digest x"])
def test_a_broken_authorization_header_is_not_authenticated(shop: Running, header: str) -> None:
    assert http().get(f"{shop.url}/v1/charges", headers={"Authorization": header}).status_code == 401


def test_the_key_may_come_as_basic_user(shop: Running) -> None:
    assert http().get(f"{shop.url}/v1/charges", auth=("sk_test_sandbox", "")).status_code == 200


def test_the_read_key_reads_and_does_not_write(fresh: Running) -> None:
    client = sdk(fresh, "rk_test_sandbox")
    assert client.v1.charges.list().data
    with pytest.raises(stripe.PermissionError, match="rak_refund_write"):
        client.v1.refunds.create({"charge": refundable(fresh)["id"]})


def test_permissions_are_per_resource(fresh: Running) -> None:
    granted = {"charge": "read", "refund": "write"}
    fresh.control("PUT", "keys", {"key": "rk_test_narrow", "permissions": granted})
    client = sdk(fresh, "rk_test_narrow")
    assert client.v1.charges.list().data
    assert client.v1.refunds.create({"charge": refundable(fresh)["id"], "amount": 5}).amount == 5
    with pytest.raises(stripe.PermissionError, match="rak_invoice_read"):
        client.v1.invoices.list()


def test_no_key_shows_in_a_repr() -> None:
    assert "sk_test" not in repr(Keys()) + repr(Settings())
    assert "whsec" not in repr(Settings())
