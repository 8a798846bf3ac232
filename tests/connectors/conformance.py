"""What every gateway must do, whatever it is called: inherit `Conformance` and give it a `Scene`.

    class TestStripe(Conformance):
        @pytest.fixture
        def scene(self, …) -> Scene: …

Then `ActionConformance` with an `ActionScene`, for every action that the gateway's capabilities name.
Each test asks a stand-in with books of its own, and compares what our side says with what those books say.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar
from uuid import uuid4

import orjson
import pytest
from _pytest.mark import ParameterSet

from connectors.actions import ACTIONS, Action, Refund, has_amount
from connectors.errors import (
    AlreadyRefunded,
    AmountTooHigh,
    BadSignature,
    ChargeDisputed,
    NotAuthorised,
    ObjectUnknown,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
    UnexpectedShape,
    Unsupported,
)
from connectors.gateway import AccountAccess, Actor, Delivery, Gateway
from connectors.money import Money
from connectors.offers import which_actions
from connectors.outcomes import Done, Failed, LookedUp, Pending
from connectors.requested import details_of, requested_action
from connectors.states import ChargeState
from tests.connectors.conformance_reading import ReadingConformance
from tests.connectors.scenes import HURRIED_S
from tests.connectors.scenes import NO_ANSWER_S as NO_ANSWER_S
from tests.connectors.scenes import PATIENT_S as PATIENT_S
from tests.connectors.scenes import ActionScene as ActionScene
from tests.connectors.scenes import Scene as Scene

LOST_ANSWERS = ("timeout_after", "drop_after", "error_after", "malformed")
NEVER_ARRIVED = ("timeout_before", "drop_before")


class Conformance(ReadingConformance):
    """The tests. `actor` is opened anew for each."""

    @pytest.fixture
    def actor(self, scene: Scene) -> Iterator[Actor]:
        with _open(scene, scene.access) as opened:
            yield opened

    def test_it_is_described_without_contradictions(self, scene: Scene) -> None:
        gateway = scene.gateway
        assert gateway.capabilities.gateway == gateway.name == scene.access.account.partition("/")[0]
        assert all(name == each.action for name, each in gateway.capabilities.actions.items())
        assert not set(gateway.capabilities.actions) & set(gateway.capabilities.absent)
        for resource in gateway.resources:
            names = [column.name for column in resource.columns]
            assert len(names) == len(set(names)) > 0
            assert not {"id", "gateway", "account", "seen_at", "is_deleted"} & set(names)

    def test_what_is_offered_can_be_done_and_no_more(self, scene: Scene, actor: Actor) -> None:
        charge = scene.charge()
        offers = which_actions(
            _state(actor, charge), scene.gateway.capabilities, frozenset({"refund"}), now=datetime.now(UTC)
        )
        (offer,) = [offer for offer in offers if offer.action == "refund"]
        assert offer.maximum is not None
        _perform(actor, _refund(scene, charge, offer.maximum))
        assert scene.refunded(charge) == offer.maximum
        assert _state(actor, charge).left.minor == 0
        with pytest.raises((AlreadyRefunded, AmountTooHigh)):
            _perform(actor, _refund(scene, charge, _some(offer.maximum)))
        assert scene.refunded(charge) == offer.maximum

    def test_more_than_is_left_is_refused(self, scene: Scene, actor: Actor) -> None:
        charge = scene.charge()
        left = _state(actor, charge).left
        with pytest.raises(AmountTooHigh):
            _perform(actor, _refund(scene, charge, left + _some(left)))
        assert scene.refunded(charge).minor == 0

    def test_two_parts_are_two_refunds_and_one_key_is_one(self, scene: Scene, actor: Actor) -> None:
        charge = scene.charge()
        part = _some(_state(actor, charge).left)
        first, second = _refund(scene, charge, part), _refund(scene, charge, part)
        done = [_perform(actor, each) for each in (first, second, first)]
        assert done[0] == done[2] != done[1]
        assert scene.refunded(charge) == part + part
        assert [actor.look_up(each, idempotency_key="gone") for each in (first, second)] == done[:2]

    def test_a_disputed_charge_keeps_its_money(self, scene: Scene, actor: Actor) -> None:
        charge = scene.disputed_charge()
        state, before = _state(actor, charge), scene.refunded(charge)
        assert state.is_disputed
        with pytest.raises(ChargeDisputed):
            _perform(actor, _refund(scene, charge, _some(state.captured)))
        assert scene.refunded(charge) == before

    def test_what_nobody_knows_is_unknown_and_has_no_outcome(self, scene: Scene, actor: Actor) -> None:
        nobody = _refund(scene, "no_such_charge", Money(500, "EUR"))
        with pytest.raises(ObjectUnknown):
            _state(actor, "no_such_charge")
        with pytest.raises(ObjectUnknown):
            _perform(actor, nobody)
        assert actor.look_up(nobody, idempotency_key="gone") is None

    @pytest.mark.parametrize("kind", LOST_ANSWERS)
    def test_a_lost_answer_is_unknown_and_found_once(self, scene: Scene, actor: Actor, kind: str) -> None:
        wanted = _part(scene, actor)
        scene.fault(kind)
        with _asking(scene, actor, kind) as asking, pytest.raises(OutcomeUnknown):
            _perform(asking, wanted)
        found = actor.look_up(wanted, idempotency_key="gone")
        assert isinstance(found, Done)
        assert found.amount == wanted.amount == scene.refunded(wanted.object_id)

    @pytest.mark.parametrize("kind", NEVER_ARRIVED)
    def test_what_never_arrived_is_unknown_and_not_found(self, scene: Scene, actor: Actor, kind: str) -> None:
        wanted = _part(scene, actor)
        scene.fault(kind)
        with _asking(scene, actor, kind) as asking, pytest.raises(OutcomeUnknown):
            _perform(asking, wanted)
        assert actor.look_up(wanted, idempotency_key="gone") is None
        assert scene.refunded(wanted.object_id).minor == 0

    def test_too_many_requests_are_not_an_outcome(self, scene: Scene, actor: Actor) -> None:
        wanted = _part(scene, actor)
        scene.fault("rate_limited")
        with pytest.raises(RateLimited):
            _perform(actor, wanted)
        assert scene.refunded(wanted.object_id).minor == 0
        assert isinstance(_perform(actor, wanted), Done)

    def test_nobody_there_means_that_nothing_was_sent(self, scene: Scene) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"http://127.0.0.1:{free.getsockname()[1]}"
        with _open(scene, replace(scene.access, api_base=address)) as actor, pytest.raises(Unavailable):
            _perform(actor, _refund(scene, "any_charge", Money(500, "EUR")))

    @pytest.mark.parametrize("succeeds", [True, False])
    def test_pending_becomes_done_or_failed_only_by_the_gateway(
        self, scene: Scene, actor: Actor, succeeds: bool
    ) -> None:
        charge = scene.slow_charge()
        if charge is None:
            pytest.skip("this gateway has no refund that is pending first")
        wanted = _refund(scene, charge, _some(_state(actor, charge).left))
        pending = _perform(actor, wanted)
        assert isinstance(pending, Pending)
        assert pending.gateway_reference is not None
        assert actor.look_up(wanted, idempotency_key="gone") == pending
        scene.settle(pending.gateway_reference, succeeds=succeeds)
        assert isinstance(actor.look_up(wanted, idempotency_key="gone"), Done if succeeds else Failed)

    def test_a_wrong_key_is_refused_and_not_shown(self, scene: Scene) -> None:
        charge, wrong = scene.charge(), replace(scene.access, api_key="wrong_secret_key")
        with _open(scene, wrong) as actor, pytest.raises(NotAuthorised) as raised:
            _perform(actor, _refund(scene, charge, Money(500, "EUR")))
        assert "wrong_secret_key" not in repr(raised.value) + repr(actor) + repr(wrong)

    def test_every_resource_is_read_whole_and_harvested_whole(self, scene: Scene) -> None:
        reader = scene.gateway.open_reader(scene.access)
        for resource in scene.gateway.resources:
            pages = list(reader.pages(resource.name, since=None, cursor=None))
            rows = sum(page.rows for page in pages)
            assert rows > 0, resource.name
            assert all(b"\n" not in page.body and page.seen_at.tzinfo is not None for page in pages)
            harvested = [name for page in pages for name, _ in scene.gateway.harvest(page.body)]
            # Lines of a payout have no id of their own and stay together, page by page.
            whole = len([page for page in pages if page.rows]) if resource.name == "payout_lines" else rows
            assert harvested.count(resource.name) >= whole, resource.name
        reader.close()

    def test_a_read_goes_on_where_it_stopped(self, scene: Scene) -> None:
        reader = scene.gateway.open_reader(scene.access)
        first, *rest = reader.pages("charges", since=None, cursor=None)
        again = list(reader.pages("charges", since=None, cursor=first.cursor))
        assert [orjson.loads(page.body) for page in again] == [orjson.loads(page.body) for page in rest]
        assert reader.fetch("charges", "no_such_charge") is None
        reader.close()

    @pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"\xff", b'{"id": "evt_1"}'])
    @pytest.mark.parametrize("header", ["", "t=1,v1=00", "rubbish"])
    def test_an_unsigned_message_is_not_believed(self, scene: Scene, body: bytes, header: str) -> None:
        with pytest.raises(BadSignature):
            delivery = Delivery(body, {f"{scene.gateway.name}-signature": header}, scene.access.api_base)
            scene.gateway.verified(delivery, ("secret",), datetime.now(UTC))

    def test_what_cannot_be_read_is_no_object(self, scene: Scene) -> None:
        with pytest.raises(UnexpectedShape):
            list(scene.gateway.harvest(b"{"))
        assert list(scene.gateway.harvest(b"[]")) == []

    def test_nothing_and_less_than_nothing_are_refused(self, scene: Scene, actor: Actor) -> None:
        charge = scene.charge()
        currency = _state(actor, charge).captured.currency
        for minor in (0, -500):
            with pytest.raises(Refused):
                _perform(actor, _refund(scene, charge, Money(minor, currency)))
        assert scene.refunded(charge).minor == 0


class ActionConformance:
    """Every action of `gateway`: offered, done once, shown, and found again. Subclasses give `gateway` and `scene`."""

    gateway: ClassVar[Gateway]
    excused: ClassVar[dict[tuple[str, str], str]] = {}
    """(action, test) -> why it cannot be so at this gateway: the check is skipped for it, and the table says so."""

    @pytest.fixture
    def actor(self, scene: ActionScene) -> Iterator[Actor]:
        with _open(scene, scene.access) as opened:
            yield opened

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        found = self.gateway.capabilities
        for fixture, names in {"name": list(found.actions), "absent": list(found.absent)}.items():
            if fixture in metafunc.fixturenames:
                metafunc.parametrize(fixture, [self._case(name, metafunc.function.__name__) for name in names])

    def _case(self, name: str, test: str) -> ParameterSet:
        why = self.excused.get((name, test))
        return pytest.param(name, marks=[pytest.mark.skip(reason=why)] if why else [])

    def test_it_is_offered_done_and_shown(self, scene: ActionScene, actor: Actor, name: str) -> None:
        wanted, gateway, reader = _wanted(scene, name), scene.gateway, scene.gateway.open_reader(scene.access)
        state = actor.state_of(wanted.object_kind, wanted.object_id)
        assert (state.object_kind, state.object_id) == (wanted.object_kind, wanted.object_id)
        offers = which_actions(state, gateway.capabilities, frozenset(ACTIONS), now=datetime.now(UTC))
        (offer,) = [offer for offer in offers if offer.action == name]
        assert offer.is_offered, offer.reason
        assert _find(actor, wanted) is None
        done = _perform(actor, wanted)
        assert isinstance(done, Done)
        assert done.amount == getattr(wanted, "amount", None)
        assert scene.effects(wanted) == 1
        found = _find(actor, wanted)
        assert isinstance(found, Done)
        assert found == replace(done, at=found.at)  # A goal's state does not tell everywhere when it was reached.
        held, made = gateway.resource_of.get(wanted.object_kind), gateway.made_by.get(name)
        assert held is None or reader.fetch(held, wanted.object_id)
        assert made is None or reader.fetch(made, done.gateway_reference)
        reader.close()

    def test_twice_is_once(self, scene: ActionScene, actor: Actor, name: str) -> None:
        wanted, capability = _wanted(scene, name), scene.gateway.capabilities.actions[name]
        first = _perform(actor, wanted)
        assert isinstance(first, Done)
        if capability.key_lives is not None:
            again = _perform(actor, wanted)
            assert isinstance(again, Done)
            assert replace(again, at=first.at) == first
        if capability.is_goal:
            with suppress(Refused):
                actor.perform(wanted, idempotency_key=f"cf_{uuid4().hex}")
        assert isinstance(_find(actor, wanted), Done)
        assert scene.effects(wanted) == 1

    @pytest.mark.parametrize("kind", LOST_ANSWERS)
    def test_a_lost_answer_is_found_once(self, scene: ActionScene, actor: Actor, name: str, kind: str) -> None:
        wanted = _wanted(scene, name)
        scene.fault_on(wanted, kind)
        with _asking(scene, actor, kind) as asking, pytest.raises(OutcomeUnknown):
            _perform(asking, wanted)
        found = _find(actor, wanted)
        assert isinstance(found, Done)
        assert found.amount == getattr(wanted, "amount", None)
        assert scene.effects(wanted) == 1

    @pytest.mark.parametrize("kind", NEVER_ARRIVED)
    def test_what_never_arrived_is_not_found(self, scene: ActionScene, actor: Actor, name: str, kind: str) -> None:
        wanted = _wanted(scene, name)
        scene.fault_on(wanted, kind)
        with _asking(scene, actor, kind) as asking, pytest.raises(OutcomeUnknown):
            _perform(asking, wanted)
        assert _find(actor, wanted) is None
        assert scene.effects(wanted) == 0
        assert isinstance(_perform(actor, wanted), Done)
        assert scene.effects(wanted) == 1

    def test_too_many_requests_are_not_an_outcome(self, scene: ActionScene, actor: Actor, name: str) -> None:
        wanted = _wanted(scene, name)
        scene.fault_on(wanted, "rate_limited")
        with pytest.raises(RateLimited):
            _perform(actor, wanted)
        assert scene.effects(wanted) == 0

    def test_what_nobody_knows_is_refused(self, scene: ActionScene, actor: Actor, name: str) -> None:
        nobody = replace(_wanted(scene, name), object_id="no_such_object")
        with pytest.raises(ObjectUnknown):
            actor.state_of(nobody.object_kind, nobody.object_id)
        with pytest.raises(ObjectUnknown):
            _perform(actor, nobody)
        assert _find(actor, nobody) is None

    def test_what_is_absent_is_unsupported(self, scene: ActionScene, actor: Actor, absent: str) -> None:
        assert scene.object_for(absent) is None
        with pytest.raises(Unsupported):
            _perform(actor, _made_up(scene, absent))


def _wanted(scene: ActionScene, name: str) -> Action:
    found = scene.object_for(name)
    assert found is not None and found.name == name, f"the scene has nothing to {name}"  # noqa: PT018
    return found


def _find(actor: Actor, action: Action) -> LookedUp | None:
    """With the key that it was sent with, as the worker does: an event may name it, long after it has expired."""
    return actor.look_up(action, idempotency_key=f"cf_{action.request_id}")


def _made_up(scene: Scene, name: str) -> Action:
    details = {detail.name: "x" for detail in details_of(name) if detail.default is None}
    return requested_action(
        name,
        account=scene.access.account,
        object_id=scene.charge(),
        amount=Money(500, "EUR") if has_amount(name) else None,
        details=details,
        reason_code="requested_by_customer",
        request_id=f"req_{uuid4().hex}",
    )


def _refund(scene: Scene, charge_id: str, amount: Money) -> Refund:
    return Refund(
        account=scene.access.account,
        object_id=charge_id,
        amount=amount,
        reason_code="requested_by_customer",
        request_id=f"req_{uuid4().hex}",
    )


def _part(scene: Scene, actor: Actor) -> Refund:
    charge = scene.charge()
    return _refund(scene, charge, _some(_state(actor, charge).left))


def _state(actor: Actor, charge_id: str) -> ChargeState:
    state = actor.state_of("charge", charge_id)
    assert isinstance(state, ChargeState)
    return state


def _some(amount: Money) -> Money:
    """A small part that every gateway can express."""
    return Money(min(100, amount.minor), amount.currency)


def _perform(actor: Actor, action: Action) -> Done | Pending:
    return actor.perform(action, idempotency_key=f"cf_{action.request_id}")


@contextmanager
def _asking(scene: Scene, actor: Actor, fault: str) -> Iterator[Actor]:
    """Who asks: where no answer will come, somebody who does not wait for it."""
    if not fault.startswith("timeout"):
        yield actor
        return
    with _open(scene, scene.access, timeout_s=HURRIED_S) as hurried:
        yield hurried


@contextmanager
def _open(scene: Scene, access: AccountAccess, *, timeout_s: float = PATIENT_S) -> Iterator[Actor]:
    opened = scene.open_actor(access, timeout_s=timeout_s)
    try:
        yield opened
    finally:
        opened.close()
