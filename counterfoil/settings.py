"""The settings: one typed object from counterfoil.toml, built at the edge and handed down. Secrets are elsewhere.

A wrong or missing setting raises SettingsInvalid, whose text names the file, the line and the mend.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from counterfoil.alerts import Alerts
from counterfoil.bank_accounts import BankAccount, bare_number
from counterfoil.saved_filters import SavedFilter
from counterfoil.toml_lines import line_of

DEFAULT_FILE = Path("counterfoil.toml")
HELPDESKS = ("zendesk", "freshdesk", "helpscout", "intercom", "front")


class SettingsInvalid(ValueError):
    """The settings cannot be used; the text has one line per mistake, each with file, line and mend."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entity(_Part):
    """The legal entity that issues the documents."""

    name: str
    address: tuple[str, ...]
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    tax_id: str
    email: str


class Branding(_Part):
    """How documents and customer pages look."""

    colour: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] = "#1f4e5f"
    legal_text: str = ""
    name: str = ""
    """What customers know the company by; empty: the entity's name."""


SecretKind = Literal["API_KEY", "WEBHOOK_SECRET", "IMPORT_KEY", "APP_SECRET"]


class _Outside(_Part):
    """Something outside that is spoken to: its name is kind/label."""

    name: Annotated[str, Field(pattern="^[a-z0-9_]+/[a-z0-9_-]+$")]
    """gateway/label, such as "stripe/eu", or helpdesk/label, such as "zendesk/main"."""
    api_base: Annotated[str, Field(pattern="^https?://[^/]+$")]

    @property
    def label(self) -> str:
        return self.name.partition("/")[2]

    def secret_name(self, kind: SecretKind) -> str:
        """The environment variable that holds its secret: COUNTERFOIL_STRIPE_EU_API_KEY."""
        return "COUNTERFOIL_" + re.sub(r"[^A-Z0-9]", "_", self.name.upper()) + "_" + kind


class Account(_Outside):
    """One account of ours at one gateway."""

    mode: Literal["act", "observe"] = "observe"

    @property
    def gateway(self) -> str:
        return self.name.partition("/")[0]


class Helpdesk(_Outside):
    """One helpdesk in which agents work."""

    web_base: str = ""
    """Where agents see it, if that is not the usual place: "https://example.zendesk.com"."""
    author: str = ""
    """The helpdesk's id of the agent in whose name notes stand where it wants one and nobody of it asked (Intercom)."""
    inbox: str = ""
    """Where questions arrive: Help Scout's mailbox id, Front's channel id (cha_…); the others need none."""
    fields: dict[Literal["amount", "id"], str] = {}
    """Custom fields of tickets that macros read: our word -> the helpdesk's id or key of the field."""
    is_asked: bool = False
    """Whether customers' questions become tickets here; one helpdesk at most."""

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name.partition("/")[0] not in HELPDESKS:
            raise ValueError(f"{name!r} is no helpdesk/label; helpdesks are {', '.join(HELPDESKS)}")
        return name

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]


class Rate(_Part):
    """A tax rate in force from a day on."""

    percent: Decimal
    since: date


class TaxRegistration(_Part):
    """Where the entity is registered for tax; used for documents of payments that carry no tax lines of a gateway."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    kind: Literal["vat", "gst", "sales_tax", "consumption_tax"]
    tax_id: str = ""
    rates: tuple[Rate, ...]
    """Oldest first; amounts of charges without tax lines are taken as including it."""

    def rate_on(self, day: date) -> Decimal | None:
        """The rate in percent on a day; None before the first one."""
        in_force = [rate.percent for rate in self.rates if rate.since <= day]
        return in_force[-1] if in_force else None


class Web(_Part):
    """Where the web service listens, and how the outside reaches it."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8420
    base_url: str = "http://127.0.0.1:8420"


class Prefect(_Part):
    """Where the Prefect server listens."""

    port: Annotated[int, Field(ge=1, le=65535)] = 8421

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"


class Actions(_Part):
    """Times of the action worker, in seconds."""

    poll_s: Annotated[float, Field(gt=0, le=60)] = 0.2
    lease_s: Annotated[float, Field(ge=1, le=300)] = 30
    settle_every_s: Annotated[float, Field(gt=0)] = 30
    settle_time_s: Annotated[float, Field(ge=1)] = 600
    """After this long a gateway shows what it did; an action without a trace did not happen."""
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    nudge_port: Annotated[int, Field(ge=1, le=65535)] = 8423
    batch_per_minute: Annotated[int, Field(ge=1, le=60_000)] = 240
    """How many items of one batch are begun in a minute at most."""
    batch_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    """How many items of one batch are under way at once; fewer than `concurrency`, so that agents need not wait."""


class Mail(_Part):
    """How documents are sent to their payers. Without this section no mail is sent."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    """Empty: no login. The password is COUNTERFOIL_MAIL_PASSWORD."""
    sender: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    reply_to: Annotated[str, Field(pattern=r"^[^@+\s]{1,20}@[^@\s]+$")]
    """Answers go to name+<token>@domain of it."""
    since: date
    """Payments and refunds before this day are not written about."""
    dkim_selector: str = ""
    """Empty: not signed. The private key is COUNTERFOIL_MAIL_DKIM_KEY."""

    @model_validator(mode="after")
    def _clear_text_stays_here(self) -> Self:
        if self.security == "none" and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError('security = "none" is for a server on this machine only; write "starttls" or "tls"')
        return self


class Settings(_Part):
    """Everything in counterfoil.toml."""

    var_dir: Path = Path("var")
    policy_file: Path = Path("policy.toml")
    reporting_time_zone: str = "UTC"
    entity: Entity
    branding: Branding = Branding()
    accounts: tuple[Account, ...]
    helpdesks: tuple[Helpdesk, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()
    tax_registrations: tuple[TaxRegistration, ...] = ()
    batch_filters: tuple[SavedFilter, ...] = ()
    web: Web = Web()
    prefect: Prefect = Prefect()
    actions: Actions = Actions()
    mail: Mail | None = None
    alerts: Alerts = Alerts()

    @field_validator("reporting_time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError(f"{name!r} is not a time zone; write one like Europe/Berlin")
        return name

    @model_validator(mode="after")
    def _accounts_once(self) -> Self:
        names_of = {
            "accounts": [one.name for one in self.accounts],
            "helpdesks": [one.name for one in self.helpdesks],
            "bank accounts": [one.name for one in self.bank_accounts],
            "batch filters": [one.name for one in self.batch_filters],
            "numbers of bank accounts": [f"{bare_number(one.number)} {one.currency}" for one in self.bank_accounts],
        }
        for what, names in names_of.items():
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"these {what} are listed twice: {', '.join(twice)}")
        if sum(helpdesk.is_asked for helpdesk in self.helpdesks) > 1:
            raise ValueError("is_asked = true stands at more than one helpdesk; questions go to one of them")
        return self

    @model_validator(mode="after")
    def _alerts_have_a_server(self) -> Self:
        if self.alerts.emails and self.mail is None:
            raise ValueError("[alerts] names e-mail addresses, and there is no [mail] to send through")
        return self

    @model_validator(mode="after")
    def _banks_know_their_accounts(self) -> Self:
        known = {account.name for account in self.accounts}
        for bank in self.bank_accounts:
            for name in bank.accounts:
                if name not in known:
                    raise ValueError(f"{bank.name} names {name!r}, which is no account of these settings")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.reporting_time_zone)

    def account(self, name: str) -> Account:
        """Return the account called gateway/label; raise SettingsInvalid with the known ones."""
        for account in self.accounts:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.accounts)
        raise SettingsInvalid(f"There is no account {name!r} in the settings; there are: {known}.")

    def bank_account(self, name: str) -> BankAccount:
        """Return the bank account called bank/label; raise SettingsInvalid with the known ones."""
        for account in self.bank_accounts:
            if account.name == name:
                return account
        known = ", ".join(account.name for account in self.bank_accounts) or "none"
        raise SettingsInvalid(f"There is no bank account {name!r} in the settings; there are: {known}.")

    def helpdesk(self, name: str) -> Helpdesk:
        """Return the helpdesk called helpdesk/label; raise SettingsInvalid with the known ones."""
        for helpdesk in self.helpdesks:
            if helpdesk.name == name:
                return helpdesk
        known = ", ".join(helpdesk.name for helpdesk in self.helpdesks) or "none"
        raise SettingsInvalid(f"There is no helpdesk {name!r} in the settings; there are: {known}.")


def settings_file(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where `load_settings` reads from."""
    return (path or Path(environ.get("COUNTERFOIL_SETTINGS", str(DEFAULT_FILE)))).absolute()


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from `path`, else from $COUNTERFOIL_SETTINGS, else from counterfoil.toml in this folder.

    `var_dir` and `policy_file` are taken as relative to the settings file, and come back absolute.
    """
    chosen = settings_file(path, environ)
    if not chosen.is_file():
        raise SettingsInvalid(f"{chosen}: no such file. Copy counterfoil.example.toml to it and fill it in.")
    text = chosen.read_text(encoding="utf-8")
    try:
        settings = Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{chosen}: not TOML: {error}.") from None
    except ValidationError as error:
        raise SettingsInvalid(_mistakes(error, chosen, text)) from None
    base = chosen.parent
    return settings.model_copy(
        update={"var_dir": (base / settings.var_dir).resolve(), "policy_file": (base / settings.policy_file).resolve()}
    )


def _mistakes(error: ValidationError, path: Path, text: str) -> str:
    return "\n".join(
        f"{path}:{line_of(text, mistake['loc'])}: {'.'.join(map(str, mistake['loc'])) or 'settings'}: {mistake['msg']}."
        for mistake in error.errors(include_url=False, include_input=False)
    )
