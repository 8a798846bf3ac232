"""How each helpdesk opens an app beside a ticket, signed as it signs: for the pages of the sandbox and for tests."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from sandbox.standin.messages import Json

APP_SECRETS = {
    "helpscout": "helpscout_sandbox_app_secret",
    "intercom": "intercom_sandbox_client_secret",
    "front": "front_sandbox_auth_secret",
}
"""Zendesk has a key pair instead; Freshdesk signs nothing."""


def new_key() -> RSAPrivateKey:
    """The key of a Zendesk app."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_key(pem: bytes) -> RSAPrivateKey:
    """The key of a Zendesk app that was made before."""
    found = serialization.load_pem_private_key(pem, None)
    assert isinstance(found, RSAPrivateKey)
    return found


def public_pem(key: RSAPrivateKey) -> str:
    """What Zendesk gives out as the app's public key."""
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def zendesk_token(
    key: RSAPrivateKey, base: str, agent_id: str, *, now: datetime | None = None, **claims: object
) -> str:
    """The `token` of the POST that opens a Zendesk app."""
    at = int((now or datetime.now(UTC)).timestamp())
    said = {
        "iss": base.partition("://")[2],
        "aud": f"{base}/api/v2/apps/installations/4711.json",
        "sub": f"{base}/api/v2/users/{agent_id}.json",
        "iat": at,
        "nbf": at,
        "exp": at + 300,
        "jti": hashlib.sha256(f"{at}{agent_id}{datetime.now(UTC)}".encode()).hexdigest()[:16],
        "context": {"product": "support", "location": "ticket_sidebar"},
        **claims,
    }
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, algorithm="RS256")


def helpscout_query(secret: str, ticket_id: str, agent_id: str, **more: str) -> str:
    """The query of Help Scout's frame: HMAC-SHA1 over what PHP's json_encode makes of the parameters."""
    said = {
        "conversation-id": ticket_id,
        "conversation-number": "6002",
        "customer-id": "1",
        "mailbox-id": "364558",
        "user-id": agent_id,
        "installation-ids": "sandbox",
        "application-id": "sandbox",
        "application-slug": "1-counterfoil",
        **more,
    }
    text = json.dumps(said, separators=(",", ":")).replace("/", "\\/")
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
    return urlencode({**said, "X-HelpScout-Signature": base64.b64encode(mac).decode()})


def helpscout_dynamic(secret: str, ticket: Json, person: Json, agent: Json) -> tuple[bytes, dict[str, str]]:
    """Body and headers of what Help Scout sends to a dynamic app."""
    first, _, last = person["name"].partition(" ")
    said = {
        "ticket": {"id": ticket["id"], "number": "6002", "subject": ticket["subject"]},
        "customer": {"id": person["id"], "fname": first, "lname": last, "email": person["email"], "emails": []},
        "user": {"id": agent["id"], "fname": agent["name"], "lname": "", "role": "user", "convRedirect": 0},
        "mailbox": {"id": "364558", "email": "help@example.com"},
    }
    body = json.dumps(said).encode()
    mac = hmac.new(secret.encode(), body, hashlib.sha1).digest()
    return body, {"X-HelpScout-Signature": base64.b64encode(mac).decode(), "Content-Type": "application/json"}


def intercom_canvas(
    secret: str, ticket: Json, person: Json, agent: Json, **more: object
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a Canvas Kit request; `more`: component_id, input_values, current_canvas."""
    said = {
        "workspace_id": "sandbox",
        "admin": {"type": "admin", "id": agent["id"], "email": agent["email"], "name": agent["name"]},
        "contact": {"type": "contact", "id": person["id"], "email": person["email"], "name": person["name"]},
        "conversation": {
            "type": "conversation",
            "id": ticket["id"],
            "source": {"subject": ticket["subject"], "body": ""},
        },
        "context": {"conversation_id": ticket["id"], "location": "conversation"},
        **more,
    }
    body = json.dumps(said).encode()
    return body, {
        "X-Body-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
        "Content-Type": "application/json",
    }
