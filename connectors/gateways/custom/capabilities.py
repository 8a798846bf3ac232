"""What a company's own endpoint can be asked for, as data: everything that is about an object that can be imported.

Capabilities know no settings, so that they cannot tell what one company's endpoint does. It is asked, and answers no
with the code "unsupported" where it does not; the policy keeps agents from asking.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

from connectors.actions import ACTIONS, has_amount
from connectors.capabilities import Capabilities, Capability

KEY_LIVES = timedelta(days=30)
"""The protocol: an endpoint remembers request ids for at least so long."""
ABSENT = {"add_order_note": "Orders are not among the objects that a custom gateway imports; only shops have them."}
_OF_EVERY_ACTION = {"account", "object_id", "reason_code", "request_id", "amount"}
_NOTE = "The company's own endpoint decides what it does; what it does not do it refuses, and nothing has moved."


def _capability(action: str) -> Capability:
    mine = fields(ACTIONS[action])
    return Capability(
        action=action,
        is_partial=has_amount(action),
        is_repeatable=True,
        key_lives=KEY_LIVES,
        is_looked_up=True,
        details=tuple(field.name for field in mine if field.name not in _OF_EVERY_ACTION),
        note=_NOTE,
    )


CAPABILITIES = Capabilities(
    gateway="custom",
    actions={action: _capability(action) for action in ACTIONS if action not in ABSENT},
    absent=ABSENT,
)
