"""Idempotency keys as Stripe's API v1 has them."""

import threading

import httpx
import pytest
import stripe

from sandbox.stripe.running import Running
from tests.sandbox.calling import get, post, refundable, sdk


def count(sandbox: Running, charge: str) -> int:
    return len(get(sandbox, "/v1/refunds", charge=charge)["data"])


def test_the_same_key_and_parameters_replay_the_first_answer(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    sent = {"charge": charge, "amount": "5", "metadata[a]": "1"}
    first = post(fresh, "/v1/refunds", sent, Idempotency_Key="k")
    again = post(fresh, "/v1/refunds", dict(reversed(sent.items())), Idempotency_Key="k")
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert "idempotent-replayed" not in first.headers
    assert count(fresh, charge) == 1


def test_other_parameters_under_the_same_key_are_an_idempotency_error(
    fresh: Running, client: stripe.StripeClient
) -> None:
    charge = refundable(fresh)["id"]
    client.v1.refunds.create({"charge": charge, "amount": 5}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.refunds.create({"charge": charge, "amount": 6}, {"idempotency_key": "k"})
    assert count(fresh, charge) == 1


def test_another_route_under_the_same_key_is_an_idempotency_error(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    answer = post(fresh, f"/v1/charges/{charge}", {"description": "x"}, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "idempotency_error")


def test_a_refusal_after_execution_began_is_replayed(fresh: Running) -> None:
    charge = refundable(fresh)
    too_much = {"charge": charge["id"], "amount": str(charge["amount"] + 1)}
    first = post(fresh, "/v1/refunds", too_much, Idempotency_Key="k")
    again = post(fresh, "/v1/refunds", too_much, Idempotency_Key="k")
    assert (first.status_code, again.content) == (400, first.content)
    assert again.headers["idempotent-replayed"] == "true"


def test_a_wrong_parameter_is_not_kept_under_the_key(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    assert post(fresh, "/v1/refunds", {"charge": charge, "amount": "0"}, Idempotency_Key="k").status_code == 400
    assert post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k").status_code == 200


def test_a_key_in_use_is_a_conflict(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault("slow", path="/v1/refunds", seconds=1.0)
    answers: list[httpx.Response] = []
    sent = {"charge": charge, "amount": "5"}
    threads = [
        threading.Thread(target=lambda: answers.append(post(fresh, "/v1/refunds", sent, Idempotency_Key="k")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    conflict = next(answer for answer in answers if answer.status_code == 409)
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    assert count(fresh, charge) == 1


def test_an_expired_key_runs_the_request_again(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    sent = {"charge": charge, "amount": "5"}
    post(fresh, "/v1/refunds", sent, Idempotency_Key="k")
    assert fresh.control("POST", "idempotency/expire", {"key": "k"}) == {"expired": 1}
    post(fresh, "/v1/refunds", sent, Idempotency_Key="k")
    assert count(fresh, charge) == 2


def test_a_key_of_more_than_255_characters_is_refused(fresh: Running) -> None:
    charge = refundable(fresh)["id"]
    answer = post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k" * 256)
    assert answer.status_code == 400
    assert count(fresh, charge) == 0


@pytest.mark.parametrize(("kind", "refunds"), [("error_before", 0), ("error_after", 1)])
def test_a_first_500_is_kept_and_replayed(fresh: Running, kind: str, refunds: int) -> None:
    charge = refundable(fresh)["id"]
    fresh.fault(kind, path="/v1/refunds")
    with pytest.raises(stripe.APIError) as caught:
        # The SDK repeats by itself, with the same key, and gets the kept 500 each time.
        sdk(fresh, retries=2).v1.refunds.create({"charge": charge, "amount": 5}, {"idempotency_key": "k"})
    assert caught.value.http_status == 500
    again = post(fresh, "/v1/refunds", {"charge": charge, "amount": "5"}, Idempotency_Key="k")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (500, "true")
    assert count(fresh, charge) == refunds
