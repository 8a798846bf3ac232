"""The signature over http is the one that an independent implementation makes; over https it is Basic."""

from __future__ import annotations

import httpx
import pytest
from oauthlib.oauth1 import (  # type: ignore[import-untyped]
    SIGNATURE_HMAC_SHA256,
    SIGNATURE_TYPE_QUERY,
    Client,
)

from connectors.errors import NotAuthorised
from connectors.gateway import AccountAccess
from connectors.gateways.woocommerce.keys import Keys, keys_of, signature
from connectors.gateways.woocommerce.wire import Wire
from sandbox.standin.running import Running

HARD = {"after": "2026-11-01T10:00:00", "search": "Größe M & 50%~", "a": "", "z[]": "1", "per_page": "100"}


@pytest.mark.parametrize("params", [{}, {"page": "2"}, HARD])
def test_the_signature_is_the_one_of_oauth_1(params: dict[str, str]) -> None:
    url = "http://shop.example:8434/wp-json/wc/v3/orders"
    client = Client("ck_1", "cs_1", signature_method=SIGNATURE_HMAC_SHA256, signature_type=SIGNATURE_TYPE_QUERY,
                    nonce="n1", timestamp="1764000000")  # fmt: skip
    signed, _, _ = client.sign(f"{url}?{httpx.QueryParams(params)}" if params else url)
    theirs = dict(httpx.URL(signed).params)
    own = {name: value for name, value in theirs.items() if name != "oauth_signature"}
    assert signature("GET", url, own, "cs_1") == theirs["oauth_signature"]


def test_a_client_that_signs_in_the_address_is_served_too(shop: Running) -> None:
    key, _, secret = shop.settings.key.partition(":")
    client = Client(key, secret, signature_method=SIGNATURE_HMAC_SHA256, signature_type=SIGNATURE_TYPE_QUERY)
    signed, _, _ = client.sign(f"{shop.url}/wp-json/wc/v3/orders?per_page=2")
    assert len(httpx.get(signed).json()) == 2
    assert httpx.get(signed).json()["message"] == "Invalid nonce - nonce has already been used."
    assert httpx.get(signed.replace("per_page=2", "per_page=3")).status_code == 401


def test_basic_is_for_https_only(shop: Running) -> None:
    key, _, secret = shop.settings.key.partition(":")
    assert httpx.get(f"{shop.url}/wp-json/wc/v3/orders", auth=(key, secret)).status_code == 401
    for base, scheme in (("https://shop.example", "Basic "), ("http://shop.example", "OAuth ")):
        wire = Wire(AccountAccess("woocommerce/shop", base, "ck_1:cs_1"))
        request = wire._connection.client.build_request("GET", "/orders")
        assert wire._authorization(request, {}).startswith(scheme)
        assert "oauth" not in str(request.url)
        wire.close()


def test_no_two_requests_have_the_same_nonce() -> None:
    keys = Keys("ck_1", "cs_1")
    made = {keys.signed("GET", "http://x/", {}, seconds=1) for _ in range(50)}
    assert len(made) == 50
    assert "cs_1" not in repr(keys) + "".join(made)


@pytest.mark.parametrize("key", ["", "ck_1", "ck_1:", ":cs_1", "a:b:c", "ck 1:cs_1", "ck_1:cs\n1", "ck_ü:cs_1"])
def test_a_key_that_can_be_none_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(NotAuthorised) as raised:
        keys_of(AccountAccess("woocommerce/shop", "http://127.0.0.1:1", key))
    assert not key or key not in str(raised.value)
