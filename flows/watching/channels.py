"""The ways to tell somebody: a mail through the company's server, and a webhook."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from html import escape

from connectors.alert_webhook import AlertNotTaken, post_alert
from connectors.mail.errors import MailError
from connectors.mail.message import Mail, as_bytes
from connectors.mail.smtp import Connection
from counterfoil.alerts import WEBHOOK
from counterfoil.paths import Paths
from counterfoil.secrets import Secret, SecretMissing, read_secret
from counterfoil.settings import Settings
from flows.invoicing.mail_server import Post, post_of
from flows.watching.findings import Finding
from flows.watching.told import Channel, News, NotTold


def channels_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> list[Channel]:
    """The channels that the settings and secrets name, each address one. Raises SecretMissing for [mail]'s own."""
    found: list[Channel] = []
    with suppress(SecretMissing):  # then no webhook is wanted
        found.append(Webhook(read_secret(WEBHOOK, environ, settings.var_dir.parent / ".env")))
    post = post_of(settings, Paths(settings.var_dir), environ) if settings.alerts.emails else None
    if post is not None:
        found += [ByMail(post, address, settings.web.base_url) for address in settings.alerts.emails]
    return found


@dataclass(frozen=True, slots=True)
class Webhook:
    """{"text": …, "wrong": [{"key", "sentence", "since"}], "over": […]}; `text` is what chat programs show."""

    address: Secret
    name: str = "webhook"

    def tell(self, news: News, now: datetime) -> None:
        """Post it."""
        body = {
            "text": _text(news),
            "wrong": [_row(one) for one in news.wrong],
            "over": [_row(one) for one in news.over],
        }
        try:
            post_alert(self.address, body)
        except AlertNotTaken as error:
            raise NotTold(str(error)) from None


@dataclass(frozen=True, slots=True)
class ByMail:
    """One address."""

    post: Post
    address: str
    base_url: str

    @property
    def name(self) -> str:
        return f"mail {self.address}"

    def tell(self, news: News, now: datetime) -> None:
        """Hand the mail to the server."""
        sender, text = self.post.mail.sender, f"{_text(news)}\n\n{self.base_url}\n"
        mail = Mail(
            message_id=f"<alert-{uuid.uuid4().hex}@{sender.rpartition('@')[2]}>",
            sender_name="Counterfoil",
            sender=sender,
            recipient=self.address,
            reply_to=sender,
            subject=" ".join(f"Counterfoil: {news.headline}".split())[:120],
            language="en",
            date=now,
            plain=text,
            html=f"<p>{escape(text).replace(chr(10), '<br>')}</p>",
        )
        try:
            with Connection(self.post.server) as connection:
                connection.send(sender, self.address, as_bytes(mail, self.post.dkim_key), before_data=lambda: None)
        except MailError as error:
            raise NotTold(f"The mail to {self.address} was not taken: {error}") from None


def _text(news: News) -> str:
    lines = [f"{one.sentence} (since {one.since:%Y-%m-%d %H:%M} UTC)" for one in news.wrong]
    return "\n".join([*lines, *(f"Over: {one.sentence}" for one in news.over)])


def _row(finding: Finding) -> dict[str, str]:
    return {"key": finding.key, "sentence": finding.sentence, "since": finding.since.isoformat()}
