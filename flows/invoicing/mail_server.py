"""From the settings to a mail server, its secrets, and the key of the reply addresses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.mail.message import DkimKey
from connectors.mail.smtp import Server
from counterfoil.kept_secrets import kept_secret
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
    return kept_secret(paths.var / "mail" / "replies.key")
