"""Who asked for it: a request's own signature, or, for an item of a batch, its place in a list that was approved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from counterfoil.batch_lists import FrozenList, ListAltered, ListMissing, read_list
from counterfoil.batches import BatchRequest, Proof, is_proof, item_request, verified_proof
from counterfoil.paths import Paths
from counterfoil.requests import ActionRequest, RequestInvalid, parse_request, verified_request
from counterfoil.signing_keys import public_keys


def proven(paths: Paths, payload: Any, signature: Any, *, now: datetime) -> tuple[ActionRequest, Proof | None]:
    """The request behind a run, and the proof where it is an item of a batch. Raises SignatureInvalid, RequestInvalid.

    Every field of an item follows from what was signed; one that differs was changed outside.
    """
    if not isinstance(payload, Mapping) or not isinstance(signature, str):
        raise RequestInvalid("The run holds no signed request; it was made or changed outside Counterfoil.")
    keys = public_keys(paths.keys)
    if not is_proof(signature):
        return verified_request(payload, signature, keys, now=now), None
    proof = verified_proof(signature, keys, now=now)
    items = list_of(paths, proof.batch).items
    wanted = item_request(proof.batch, proof.approval, items[proof.index], proof.index)
    if dict(payload) != asdict(wanted):
        raise RequestInvalid("The request is not the item that was approved; it was made or changed outside.")
    return parse_request(payload), proof


def list_of(paths: Paths, batch: BatchRequest) -> FrozenList:
    """The list that a batch was asked for. Raises RequestInvalid where it is gone, altered, or sums up otherwise."""
    try:
        found = read_list(paths.batches, batch.list_digest)
    except (ListMissing, ListAltered, ValueError, KeyError) as error:
        raise RequestInvalid(f"The list of the batch cannot be used: {error}") from None
    if len(found.items) != batch.items or found.totals != batch.totals:
        raise RequestInvalid("The list of the batch does not sum up to what was approved.")
    return found
