"""Who owns a slot, and when an owner counts as gone."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.actions.claims import is_dead
from flows.actions.lease import Lease, Owner, claim_text, is_dead_here, owner_in, take_slot

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LEASE = timedelta(seconds=10)


def test_each_process_of_a_host_has_a_slot_of_its_own(tmp_path: Path) -> None:
    first, second = take_slot(tmp_path), take_slot(tmp_path)
    assert first.owner.slot != second.owner.slot
    first.release()
    third = take_slot(tmp_path)
    assert third.owner.slot == first.owner.slot
    assert third.owner.instance != first.owner.instance
    assert is_dead_here(tmp_path, first.owner), "its slot belongs to another process now"
    assert is_dead_here(tmp_path, second.owner) is False
    assert is_dead_here(tmp_path, Owner("actions-elsewhere-0", "abc")) is None
    os.close(second.descriptor)
    assert is_dead_here(tmp_path, second.owner)


def test_an_owner_of_another_host_is_dead_after_a_silence_of_one_lease(tmp_path: Path) -> None:
    owner = Owner("actions-elsewhere-0", "abc")

    def dead(beats: dict[str, datetime]) -> bool:
        return is_dead(owner, tmp_path, beats, lease=LEASE, now=NOW)

    assert not dead({owner.slot: NOW - timedelta(seconds=9)})
    assert dead({owner.slot: NOW - timedelta(seconds=11)})
    assert dead({})


def test_a_hanging_process_of_this_host_is_taken_for_dead_when_it_is_silent(tmp_path: Path) -> None:
    slot = take_slot(tmp_path)
    beats = {slot.owner.slot: NOW - timedelta(seconds=11)}
    assert is_dead(slot.owner, tmp_path, beats, lease=LEASE, now=NOW)
    assert not is_dead(slot.owner, tmp_path, {slot.owner.slot: NOW}, lease=LEASE, now=NOW)


def test_a_lease_is_given_up_before_the_others_take_over() -> None:
    clock = [100.0]
    lease = Lease(10.0, clock=lambda: clock[0])
    assert not lease.is_held(), "never renewed"
    lease.renewed(100.0)
    clock[0] = 106.9
    assert lease.is_held()
    clock[0] = 107.1
    assert not lease.is_held()


def test_a_claim_names_its_owner_and_other_messages_name_nobody() -> None:
    owner = Owner("actions-a-0", "abc")
    assert owner_in(claim_text(owner)) == owner
    assert owner_in("Claimed by ") is None
    assert owner_in("Flow run cancelled: by hand") is None
