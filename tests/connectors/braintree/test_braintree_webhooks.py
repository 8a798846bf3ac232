"""Webhooks: believed only where Braintree signed them, and only as a hint of which object to read again."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import braintree
import httpx
import pytest
from braintree.webhook_notification import WebhookNotification

from connectors.errors import BadSignature, UnexpectedShape
from connectors.gateway import Delivery
from connectors.gateways.braintree import GATEWAY
from connectors.gateways.braintree.keys import webhook_secret
from connectors.gateways.braintree.webhooks import MAX_BODY, OLDEST, answer_challenge
from sandbox.braintree.notifications import form
from sandbox.braintree.running import Running

API_KEY = "merchant:public:private"
SECRET = webhook_secret(API_KEY)
KINDS = sorted(value for name, value in vars(WebhookNotification.Kind).items() if not name.startswith("_"))


@pytest.fixture(scope="module")
def sdk() -> braintree.BraintreeGateway:
    configuration = braintree.Configuration(
        braintree.Environment.Sandbox, merchant_id="merchant", public_key="public", private_key="private"
    )
    return braintree.BraintreeGateway(config=configuration)


def posted(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def sample(sdk: braintree.BraintreeGateway, kind: str, wanted: str = "abc123") -> dict[str, str]:
    found = sdk.webhook_testing.sample_notification(kind, wanted)
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in found.items()}


def signed(markup: str) -> bytes:
    return posted(form("public", "private", base64.encodebytes(markup.encode()).decode()))


def verify(body: bytes, secrets: tuple[str, ...] = (SECRET,), now: datetime | None = None) -> tuple[str, str, str]:
    delivery = Delivery(body, {"content-type": "application/x-www-form-urlencoded"}, "https://api.braintreegateway.com")
    return GATEWAY.verified(delivery, secrets, now or datetime.now(UTC))


def test_the_webs_secret_is_not_the_private_key() -> None:
    public, _, digest = SECRET.partition(":")
    assert (public, digest) == ("public", hashlib.sha1(b"private", usedforsecurity=False).hexdigest())
    assert "private" not in SECRET


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_the_sdk_samples_is_verified(sdk: braintree.BraintreeGateway, kind: str) -> None:
    fields = sample(sdk, kind)
    event_id, resource, object_id = verify(posted(fields))
    assert sdk.webhook_notification.parse(fields["bt_signature"], fields["bt_payload"]).kind == kind
    assert event_id.startswith("bt_")
    if kind.startswith(("dispute_", "subscription_")):
        assert (resource, object_id) == (f"{kind.split('_')[0]}s", "abc123")
    elif kind == "refund_failed":
        assert (resource, object_id) == ("refunds", "abc123")
    elif kind.startswith("transaction_") and kind not in ("transaction_retried", "transaction_reviewed"):
        assert (resource, object_id) == ("charges", "abc123")
    else:
        assert resource in {"charges", "events"}
        assert resource != "events" or object_id == event_id


def test_the_same_delivery_is_the_same_event_and_another_is_not(sdk: braintree.BraintreeGateway) -> None:
    fields = sample(sdk, "dispute_opened")
    assert verify(posted(fields))[0] == verify(posted(dict(reversed(fields.items()))))[0]
    assert verify(posted(fields))[0] != verify(posted(sample(sdk, "dispute_opened", "other")))[0]


def test_a_lost_line_break_at_the_end_is_borne(sdk: braintree.BraintreeGateway) -> None:
    fields = sample(sdk, "dispute_opened")
    assert verify(posted({**fields, "bt_payload": fields["bt_payload"].rstrip("\n")}))[1] == "disputes"


def test_our_pair_is_picked_among_several(sdk: braintree.BraintreeGateway) -> None:
    fields = sample(sdk, "dispute_opened")
    both = {**fields, "bt_signature": f"other|{'0' * 40}&{fields['bt_signature']}"}
    assert verify(posted(both))[1] == "disputes"
    renamed = {**fields, "bt_signature": fields["bt_signature"].replace("public|", "other|")}
    with pytest.raises(BadSignature):
        verify(posted(renamed))


def test_two_secrets_serve_their_change(sdk: braintree.BraintreeGateway) -> None:
    body = posted(sample(sdk, "dispute_opened"))
    new = webhook_secret("merchant:fresh:another")
    assert verify(body, (new, SECRET)) == verify(body)
    with pytest.raises(BadSignature):
        verify(body, (new,))
    with pytest.raises(BadSignature):
        verify(body, ())


@pytest.mark.parametrize("part", ["bt_payload", "bt_signature"])
def test_a_forged_part_is_refused(sdk: braintree.BraintreeGateway, part: str) -> None:
    fields = sample(sdk, "dispute_opened")
    place = len(fields[part]) // 2
    letter = "A" if fields[part][place] != "A" else "B"
    with pytest.raises(BadSignature):
        verify(posted({**fields, part: fields[part][:place] + letter + fields[part][place + 1 :]}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"bt_signature=a",
        b"bt_payload=a",
        b"bt_signature=public%7C" + b"0" * 40 + b"&bt_payload=%C3%A9",
        b"bt_signature=public%7C%C3%A9&bt_payload=YQ==",
        b"&".join([b"a=b"] * 20),
        b"x" * (MAX_BODY + 1),
        "é".encode(),
    ],
)
def test_what_is_no_form_of_braintrees_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(body)


@pytest.mark.parametrize("secret", ["private", "public:private", "merchant:public:private", ""])
def test_a_secret_of_another_form_is_refused_and_not_shown(sdk: braintree.BraintreeGateway, secret: str) -> None:
    with pytest.raises(BadSignature, match="never the private key") as caught:
        verify(posted(sample(sdk, "dispute_opened")), (secret,))
    assert "merchant:public:private" not in str(caught.value)


@pytest.mark.parametrize(
    ("age", "is_believed"),
    [
        (timedelta(0), True),
        (OLDEST - timedelta(hours=1), True),
        (OLDEST + timedelta(hours=1), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
)
def test_a_replay_of_old_days_is_refused(sdk: braintree.BraintreeGateway, age: timedelta, is_believed: bool) -> None:
    body, now = posted(sample(sdk, "dispute_opened")), datetime.now(UTC) + age
    if is_believed:
        assert verify(body, now=now)[1] == "disputes"
    else:
        with pytest.raises(BadSignature, match="replay"):
            verify(body, now=now)


@pytest.mark.parametrize(
    "markup",
    [
        "not markup",
        "<transaction><id>a</id></transaction>",
        "<notification><kind>check</kind></notification>",
        "<notification><timestamp>yesterday</timestamp></notification>",
        '<!DOCTYPE a [<!ENTITY x "y">]><notification><kind>&x;</kind></notification>',
        "<a>" * 100,
    ],
)
def test_a_signed_message_that_is_no_notification_is_no_event(markup: str) -> None:
    with pytest.raises(UnexpectedShape):
        verify(signed(markup))


@pytest.mark.parametrize("wanted", ["../../x", "", "a b", "x" * 300])
def test_an_id_that_could_be_a_path_is_not_passed_on(wanted: str) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    subject = f"<subject><dispute><id>{wanted}</id></dispute></subject>"
    found = verify(signed(f"<notification><timestamp>{at}</timestamp><kind>dispute_won</kind>{subject}</notification>"))
    assert found[1] == "events"


def test_the_challenge_is_answered_as_the_sdk_would(sdk: braintree.BraintreeGateway) -> None:
    challenge = "20f9f8ed05f77439fe955c977e4c8a53"
    assert GATEWAY.answer_challenge is not None
    assert GATEWAY.answer_challenge({"bt_challenge": challenge}, (SECRET,)) == sdk.webhook_notification.verify(
        challenge
    )


@pytest.mark.parametrize("challenge", ["", "xyz", "A" * 32, "0" * 19, "0" * 33, "<script>" * 3])
def test_what_is_no_challenge_is_not_signed(challenge: str) -> None:
    with pytest.raises(BadSignature):
        answer_challenge({"bt_challenge": challenge}, (SECRET,))
    with pytest.raises(BadSignature):
        answer_challenge({"bt_challenge": "20f9f8ed05f77439fe955c977e4c8a53"}, ())


def test_the_webs_secret_does_not_open_the_api(shown: Running) -> None:
    public, _, digest = webhook_secret(shown.settings.secret).partition(":")
    address = f"{shown.url}/merchants/{shown.settings.merchant_id}/plans"
    assert httpx.get(address, auth=(public, digest)).status_code == 401
    assert httpx.get(address, auth=(public, shown.settings.private_key)).status_code == 200


def test_deliveries_do_not_change_what_is_verified(sdk: braintree.BraintreeGateway) -> None:
    delivery = Delivery(posted(sample(sdk, "dispute_opened")), {"braintree-signature": "rubbish"}, "http://127.0.0.1")
    now = datetime.now(UTC)
    assert GATEWAY.verified(delivery, (SECRET,), now) == GATEWAY.verified(replace(delivery, headers={}), (SECRET,), now)
