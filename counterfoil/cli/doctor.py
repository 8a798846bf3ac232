"""What is missing before this installation can work: settings, policy, libraries, keys and their permissions."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.errors import GatewayError
from counterfoil.policy import load_policy
from counterfoil.secrets import SecretMissing, read_secret
from counterfoil.settings import Account, Settings, SettingsInvalid


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    subject: str
    is_good: bool
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """All findings, good ones too. Asks the gateways, changes nothing."""
    findings = [Finding("settings", True, f"{len(settings.accounts)} accounts")]
    findings += _policy(settings)
    findings += _libraries()
    for account in settings.accounts:
        findings += _account(settings, account)
    return findings


def _policy(settings: Settings) -> list[Finding]:
    try:
        policy = load_policy(settings.policy_file)
    except SettingsInvalid as error:
        return [Finding("policy", False, str(error))]
    return [Finding("policy", True, f"{len(policy.roles)} roles, {len(policy.reasons)} reasons")]


def _libraries() -> list[Finding]:
    from flows.invoicing.system_libraries import missing_libraries

    missing = missing_libraries()
    return [Finding("libraries", False, text) for text in missing] or [Finding("libraries", True, "all there")]


def _account(settings: Settings, account: Account) -> list[Finding]:
    from flows.ingest.accounts import open_reader

    findings = [_webhook_secret(settings, account)]
    try:
        with open_reader(settings, account.name) as (_, reader):
            permissions = reader.permissions()
    except (SecretMissing, GatewayError) as error:
        return [*findings, Finding(account.name, False, str(error))]
    for permission in permissions:
        verb = "has" if permission.is_granted else "lacks"
        sentence = f"the key {verb} {permission.name}, needed for {permission.needed_for}"
        findings.append(Finding(account.name, permission.is_granted, sentence))
    return findings


def _webhook_secret(settings: Settings, account: Account) -> Finding:
    try:
        read_secret(account.secret_name("WEBHOOK_SECRET"), env_file=settings.var_dir.parent / ".env")
    except SecretMissing as error:
        return Finding(account.name, True, f"no webhooks are taken, pulls find changes later: {error}")
    return Finding(account.name, True, "the webhook secret is set")
