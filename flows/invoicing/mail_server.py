"""From the settings to a mail server, its secrets, and the key of the reply addresses."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.mail.message import DkimKey
from connectors.mail.smtp import Server
from counterfoil.paths import Paths
from counterfoil.secrets import read_secret
from counterfoil.settings import Mail, Settings

PASSWORD = "COUNTERFOIL_MAIL_PASSWORD"  # noqa: S105 - the variable's name
DKIM_KEY = "COUNTERFOIL_MAIL_DKIM_KEY"


@dataclass(frozen=True, slots=True)
class Post:
    """All that is needed to send mails."""

    mail: Mail
    server: Server
    dkim_key: DkimKey | None
    reply_key: bytes = field(repr=False)


def post_of(settings: Settings, paths: Paths, environ: Mapping[str, str] = os.environ) -> Post | None:
    """None where the settings have no [mail]. Raises SecretMissing."""
    mail = settings.mail
    if mail is None:
        return None
    env_file = settings.var_dir.parent / ".env"
    password = read_secret(PASSWORD, environ, env_file) if mail.user else None
    dkim_key = None
    if mail.dkim_selector:
        domain = mail.sender.rpartition("@")[2]
        dkim_key = DkimKey(mail.dkim_selector, domain, read_secret(DKIM_KEY, environ, env_file))
    server = Server(mail.host, mail.port, mail.security, mail.user, password)
    return Post(mail, server, dkim_key, reply_key(paths))


def reply_key(paths: Paths) -> bytes:
    """The secret behind the reply addresses: made once, readable by its owner only."""
    path = paths.var / "mail" / "replies.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _write_once(path, secrets.token_bytes(32))
    return path.read_bytes()


def _write_once(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        return  # another process was first; its key counts
    finally:
        temporary.unlink()
