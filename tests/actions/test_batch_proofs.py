"""What makes an item of a batch: two signatures, another person's yes, and its place in a list that nobody changed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.approvals import Approval, sign_approval
from counterfoil.batch_lists import SUFFIX
from counterfoil.batch_policy import evaluate_batch
from counterfoil.batches import BatchItem, BatchRequest, Signer, item_request, proof_of, sign_batch
from counterfoil.paths import Paths
from counterfoil.policy import load_policy
from counterfoil.requests import RequestInvalid, SignatureInvalid, utc_now
from counterfoil.signing_keys import ensure_keys, private_key
from flows.actions.proof import list_of, proven
from tests.actions.batch_stand import AMOUNT, listed, yes
from tests.actions.stand import ROOT

ITEMS = (
    BatchItem("stripe/eu", "ch_1", AMOUNT, "EUR", "cus_1", None, 2),
    BatchItem("stripe/eu", "ch_2", AMOUNT, "EUR", "cus_2", "4711", 3),
)
RUN = "11111111-1111-4111-8111-111111111111"


@dataclass(frozen=True)
class Made:
    """A batch with everything that proves its items."""

    paths: Paths
    key: Ed25519PrivateKey
    batch: BatchRequest
    approval: Approval

    def proof(self, index: int = 0, **changes: Any) -> str:
        """The proof of an item, with another approval where there are changes."""
        approval = replace(self.approval, **changes)
        return proof_of(
            self.batch, sign_batch(self.batch, self.key), approval, sign_approval(approval, self.key), index
        )

    def item(self, index: int = 0, **changes: Any) -> dict[str, Any]:
        """The request of an item."""
        return asdict(item_request(self.batch, self.approval, ITEMS[index], index)) | changes


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    paths = Paths(tmp_path_factory.mktemp("proofs"))
    ensure_keys(paths.keys)
    key = private_key(paths.keys)
    batch = listed(paths, ITEMS, Signer("lars", "lead", "session", key))
    return Made(paths, key, batch, yes(batch, RUN))


def test_an_item_with_its_proof_is_the_request_that_was_approved(made: Made) -> None:
    request, proof = proven(made.paths, made.item(1), made.proof(1), now=utc_now())
    assert proof is not None and (request.object_id, request.ticket, request.batch_id) == (
        "ch_2",
        "4711",
        made.batch.request_id,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": AMOUNT + 1},
        {"object_id": "ch_2"},
        {"request_id": "req_" + "1" * 32},
        {"requester": "mallory"},
        {"currency": "USD"},
        {"more": 1},
    ],
)
def test_an_item_that_differs_in_anything_is_none(made: Made, changes: dict[str, Any]) -> None:
    with pytest.raises(RequestInvalid, match="not the item that was approved"):
        proven(made.paths, made.item(**changes), made.proof(), now=utc_now())


FORGED: dict[str, dict[str, Any]] = {
    "a no": {"decision": "deny"},
    "the requester's own": {"approver": "LARS "},
    "of another batch": {"request_id": "bat_" + "0" * 32},
    "of another list": {"digest": "0" * 64},
}


@pytest.mark.parametrize("case", FORGED)
def test_an_approval_that_is_not_another_persons_yes_to_this_batch_proves_nothing(made: Made, case: str) -> None:
    with pytest.raises(RequestInvalid, match="not another person's yes"):
        proven(made.paths, made.item(), made.proof(**FORGED[case]), now=utc_now())


def test_what_is_not_signed_by_us_proves_nothing(made: Made) -> None:
    good = json.loads(made.proof())
    for name in ("batch_signature", "approval_signature"):
        with pytest.raises(SignatureInvalid):
            proven(made.paths, made.item(), json.dumps(good | {name: "AAAA"}), now=utc_now())
    other = replace(made, key=Ed25519PrivateKey.generate())
    with pytest.raises(SignatureInvalid):
        proven(made.paths, made.item(), other.proof(), now=utc_now())


@pytest.mark.parametrize("text", ["{", "{" * 100_000, "{}", '{"batch": null}', '{"index": 0}'])
def test_a_proof_that_cannot_be_read_is_none(made: Made, text: str) -> None:
    with pytest.raises(RequestInvalid):
        proven(made.paths, made.item(), text, now=utc_now())


@pytest.mark.parametrize("index", [-1, 2, True, "0", 10**30])
def test_a_place_that_the_list_does_not_have_proves_nothing(made: Made, index: Any) -> None:
    parts = json.loads(made.proof()) | {"index": index}
    with pytest.raises(RequestInvalid, match="no such item"):
        proven(made.paths, made.item(), json.dumps(parts), now=utc_now())


def test_a_batch_from_the_future_is_not_believed(made: Made) -> None:
    with pytest.raises(RequestInvalid, match="dated in the future"):
        proven(made.paths, made.item(), made.proof(), now=utc_now() - timedelta(hours=1))


def test_a_list_that_was_changed_or_is_gone_proves_nothing(tmp_path: Path, made: Made) -> None:
    paths = Paths(tmp_path)
    batch = listed(paths, ITEMS, Signer("lars", "lead", "session", made.key))
    with pytest.raises(RequestInvalid, match="does not sum up"):
        list_of(paths, replace(batch, totals={"EUR": 1}))
    path = paths.batches / (batch.list_digest + SUFFIX)
    # A list of this digest that another process has not read yet.
    altered = tmp_path / "elsewhere" / "batches" / path.name
    altered.parent.mkdir(parents=True)
    altered.write_bytes(path.read_bytes().replace(b'"amount_minor":300', b'"amount_minor":301'))
    with pytest.raises(RequestInvalid, match="changed after it was frozen"):
        list_of(Paths(tmp_path / "elsewhere"), batch)
    with pytest.raises(RequestInvalid, match="never frozen here"):
        list_of(Paths(tmp_path / "nowhere"), batch)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "agent": ({"role": "agent"}, "may not ask for batches; lead may"),
    "unknown role": ({"role": "emperor"}, "may not ask for batches"),
    "too many": ({"items": 5001}, "1 to 5000 items"),
    "none": ({"items": 0}, "1 to 5000 items"),
    "too much": ({"totals": {"EUR": 10**12}}, "total in EUR is above"),
    "no such currency": ({"totals": {"CHF": 1}}, "total in CHF is above"),
    "no such reason": ({"reason_code": "because"}, "Choose one of the reasons"),
    "no words": ({"reason_text": " "}, "Write why"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_policy_judges_a_batch_as_a_whole(made: Made, case: str) -> None:
    policy = load_policy(ROOT / "policy.toml")
    assert evaluate_batch(policy, made.batch).kind == "allowed"
    changes, words = REFUSED[case]
    verdict = evaluate_batch(policy, replace(made.batch, **changes))
    assert verdict.kind == "refused" and words in verdict.sentence, verdict.sentence
