"""The policy allows what it lists and nothing else, and says which rule refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.policy import evaluate, load_policy
from counterfoil.settings import SettingsInvalid
from tests.counterfoil.test_requests import a_request

FILE = Path(__file__).resolve().parents[2] / "policy.toml"
POLICY = load_policy(FILE)


@pytest.mark.parametrize(
    ("changes", "amount", "currency", "today", "kind", "rule"),
    [
        ({}, 20_000, "EUR", 0, "allowed", ""),
        ({}, 20_001, "EUR", 0, "approval", "roles.agent.refund.approval_above.EUR"),
        ({}, 50_001, "EUR", 0, "refused", "roles.agent.refund.limit.EUR"),
        ({}, 100, "CHF", 0, "refused", "roles.agent.refund.limit.CHF"),
        ({}, 100, "EUR", 199_901, "refused", "roles.agent.refund.daily.EUR"),
        ({}, 100, "EUR", 199_900, "allowed", ""),
        ({"role": "lead"}, 150_000, "EUR", 0, "allowed", ""),
        ({"role": "auditor"}, 1, "EUR", 0, "refused", "roles.auditor.refund"),
        ({"role": "root"}, 1, "EUR", 0, "refused", "roles.root.refund"),
        ({"action": "authorize"}, 1, "EUR", 0, "refused", "roles.agent.authorize"),
        ({"reason_code": "because"}, 1, "EUR", 0, "refused", "reasons"),
        ({"reason_text": "  "}, 1, "EUR", 0, "refused", "is_text_required"),
    ],
)
def test_verdict(changes: dict[str, str], amount: int, currency: str, today: int, kind: str, rule: str) -> None:
    verdict = evaluate(POLICY, a_request(**changes), amount, currency, today)
    assert (verdict.kind, verdict.rule) == (kind, rule)
    assert bool(verdict.sentence) == (kind != "allowed")


def test_a_typo_in_the_policy_is_named_with_its_line(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8").replace("again_within_minutes", "again_within_minuts")
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "minuts" in row)
    with pytest.raises(SettingsInvalid, match=f"policy.toml:{line}: again_within_minuts"):
        load_policy(path)


def test_a_fractional_limit_and_an_unknown_role_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("[reasons]\na = 'b'\n[roles.boss.refund]\nlimit = { EUR = 10.5 }\n", encoding="utf-8")
    with pytest.raises(SettingsInvalid) as caught:
        load_policy(path)
    assert "roles.boss" in str(caught.value)
