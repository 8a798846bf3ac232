"""From a helpdesk's opening to a session in its frame: who the agent is, and which account that is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from connectors.errors import BadSignature
from connectors.helpdesks.callers import Caller, Opening, identify
from connectors.helpdesks.registry import NAMES, helpdesk
from counterfoil.helpdesk_sightings import read_sighting
from counterfoil.settings import Helpdesk
from counterfoil.users import User, normalised
from dashboards.frames import new_frame
from dashboards.panel.clues import Clues, clues_of
from dashboards.panel.connections import Connected
from dashboards.roles import CUSTOMER_READERS
from dashboards.service import Service

DOOR_LIVES_S = 10 * 60 * 60
"""How long a page around the panel may open other tickets, where the agent is known by their own session."""
SIGNATURE_LIVES = timedelta(minutes=15)
"""How long it may where the helpdesk's signature stands for the agent."""
LONGEST_TICKET = 64


@dataclass(frozen=True, slots=True)
class NotLetIn(Exception):
    """Nobody can be let in; `sentence` says why, and `is_waiting` that it may be different in a second."""

    sentence: str
    is_waiting: bool = False


def helpdesk_of(service: Service, kind: str, label: str) -> Helpdesk | None:
    """The helpdesk of an address; None where the settings have none."""
    name = f"{kind}/{label}"
    known = (one for one in service.settings.helpdesks if one.name == name and one.kind in NAMES)
    return next(known, None)


def caller_of(service: Service, opening: Opening) -> Caller:
    """Whom the helpdesk vouches for. Raises BadSignature, also for one that was used before."""
    secrets = tuple(secret.reveal() for secret in service.app_secrets.get(opening.helpdesk.name, ()))
    now = service.clock()
    caller = identify(opening.helpdesk.kind)(opening, secrets, now)
    if caller.once and not service.connections.is_new(caller.once, now=now, lives=SIGNATURE_LIVES):
        raise BadSignature("This opening was used before. Open the ticket again.")
    return caller


def sealed_door(service: Service, settings: Helpdesk, caller: Caller) -> str:
    """What a page of the helpdesk's frame brings back: whom the helpdesk vouched for, sealed."""
    return service.sessions.seal({"door": settings.name, **asdict(caller)})


def opened_door(service: Service, settings: Helpdesk, text: str) -> Caller | None:
    """What was sealed, for the same helpdesk; None where it was changed or is too old."""
    value = service.sessions.unseal(text, max_age_s=DOOR_LIVES_S)
    if value is None or set(value) != {"door", *(field.name for field in fields(Caller))}:
        return None
    if value.pop("door") != settings.name:
        return None
    caller = Caller(**{**value, "emails": tuple(value["emails"])})
    is_fresh = service.sessions.unseal(text, max_age_s=int(SIGNATURE_LIVES.total_seconds())) is not None
    return caller if is_fresh or caller.vouched != "agent" else None


def agent_of(service: Service, settings: Helpdesk, caller: Caller, connected: Connected | None) -> tuple[User, str]:
    """The account of whoever looks, and how they are known. Raises NotLetIn.

    Only a signature that is dated stands for the agent; for the others the agent's own sign-in does, and it must be
    the agent's whom the helpdesk names, as far as it names one.
    """
    if caller.vouched == "agent":
        return _account(service, settings, _address(service, settings, caller)), settings.kind
    user = service.accounts.find(connected.name) if connected else None
    if connected is None or user is None or user.version != connected.version:
        raise NotLetIn("")
    named = _seen_address(service, settings, caller.agent_id) if caller.agent_id else ""
    if named and normalised(named) != user.name:
        title = helpdesk(settings.kind).title
        raise NotLetIn(f"{title} says that {named} looks, and this panel is connected as {user.name}. Connect it anew.")
    return _may_look(user), "session"


def frame_token(service: Service, settings: Helpdesk, user: User, via: str, ticket: str, clues: Clues) -> str:
    """A session in the frame, for one ticket."""
    now = service.clock()
    frame = new_frame(settings.name, ticket, user.name, user.version, via=via, clues=clues, now=now)
    return service.frames.token(frame, now=now)


def ticket_of(caller: Caller, written: Mapping[str, str]) -> str:
    """The ticket's id: the signed one, else what the app in the browser says. Raises NotLetIn."""
    ticket = caller.ticket_id or written.get("ticket", "").strip()
    if not 0 < len(ticket) <= LONGEST_TICKET or not ticket.replace("_", "").replace("-", "").isalnum():
        raise NotLetIn("The helpdesk did not say which ticket this is. Open a ticket that is saved.")
    return ticket


def clues_in(caller: Caller, written: Mapping[str, str]) -> Clues:
    """What the helpdesk signed about the ticket and what its app says, together."""
    emails = (*caller.emails, *written.get("emails", "").split("\n"))
    text = f"{caller.text}\n{written.get('text', '')}"
    return clues_of(emails=emails, name=caller.name or written.get("name", ""), text=text)


def _address(service: Service, settings: Helpdesk, caller: Caller) -> str:
    found = caller.agent_email or _seen_address(service, settings, caller.agent_id)
    if not found:
        title = helpdesk(settings.kind).title
        raise NotLetIn(f"{title} is being asked who you are; this takes a second.", is_waiting=True)
    return found


def _seen_address(service: Service, settings: Helpdesk, agent_id: str) -> str:
    seen = read_sighting(service.paths.helpdesks, "agents", settings.name, agent_id, now=service.clock())
    return seen.email if seen else ""


def _account(service: Service, settings: Helpdesk, email: str) -> User:
    user = service.accounts.find(normalised(email))
    if user is None:
        title = helpdesk(settings.kind).title
        raise NotLetIn(
            f"{title} says that you are {email}. Counterfoil has no account of this name; ask whoever runs it for: "
            f"counterfoil user add {normalised(email)} agent"
        )
    return _may_look(user)


def _may_look(user: User) -> User:
    if user.role not in CUSTOMER_READERS:
        may = " and ".join(sorted(CUSTOMER_READERS))
        raise NotLetIn(f"The panel is for {may}; {user.name} is {user.role} here.")
    return user
