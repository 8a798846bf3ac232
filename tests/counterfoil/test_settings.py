"""A wrong or missing setting names file, line and mend."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from counterfoil.settings import Settings, SettingsInvalid, load_settings
from counterfoil.toml_lines import line_of

EXAMPLE = (Path(__file__).resolve().parents[2] / "counterfoil.example.toml").read_text(encoding="utf-8")


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "counterfoil.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_folders_are_taken_from_the_settings_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, EXAMPLE))
    assert settings.var_dir == tmp_path.resolve() / "var"
    assert settings.policy_file == tmp_path.resolve() / "policy.toml"


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("port = 8420", "port = 99999", "web.port"),
        ('mode = "observe"', 'mode = "watch"', "accounts.0.mode"),
        ('name = "stripe/eu"', 'name = "stripe"', "accounts.0.name"),
        ('name = "zendesk/main"', 'name = "zendisk/main"', "helpdesks.0.name"),
        ('api_base = "https://api.stripe.com"', 'api_base = "api.stripe.com"', "accounts.0.api_base"),
        ('reporting_time_zone = "Europe/Berlin"', 'reporting_time_zone = "Europe/Berln"', "reporting_time_zone"),
        ('colour = "#1f4e5f"', 'color = "#1f4e5f"', "branding.color"),
        ('percent = "16"', 'percent = "sixteen"', "tax_registrations.0.rates.0.percent"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path, old: str, new: str, part: str) -> None:
    assert old in EXAMPLE
    path = write(tmp_path, EXAMPLE.replace(old, new, 1))
    line = next(number for number, text in enumerate(EXAMPLE.splitlines(), 1) if old in text)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(path)
    assert f"{path}:{line}: {part}: " in str(caught.value)


def test_a_missing_setting_is_named_with_the_line_of_its_table(tmp_path: Path) -> None:
    path = write(tmp_path, EXAMPLE.replace('tax_id = "DE136695976"\nemail', "email", 1))
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(path)
    line = (
        EXAMPLE.splitlines().index(
            "[entity]                                  # the legal entity that issues the documents"
        )
        + 1
    )
    assert f"{path}:{line}: entity.tax_id: Field required." in str(caught.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = EXAMPLE.replace("port = 8420", "port = 0").replace('mode = "observe"', 'mode = ""')
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(write(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 2


def test_an_account_listed_twice_is_refused(tmp_path: Path) -> None:
    again = '\n[[accounts]]\nname = "stripe/eu"\napi_base = "https://api.stripe.com"\n'
    with pytest.raises(SettingsInvalid, match="listed twice: stripe/eu"):
        load_settings(write(tmp_path, EXAMPLE + again))


def test_questions_go_to_one_helpdesk_only(tmp_path: Path) -> None:
    again = '\n[[helpdesks]]\nname = "front/main"\napi_base = "https://api2.frontapp.com"\nis_asked = true\n'
    with pytest.raises(SettingsInvalid, match="questions go to one of them"):
        load_settings(write(tmp_path, EXAMPLE + again))


def test_a_file_that_is_not_toml_or_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="not TOML"):
        load_settings(write(tmp_path, "[web\n"))
    with pytest.raises(SettingsInvalid, match="no such file"):
        load_settings(tmp_path / "none.toml")


def test_the_rate_is_the_one_in_force_on_the_day(tmp_path: Path) -> None:
    registration = load_settings(write(tmp_path, EXAMPLE)).tax_registrations[0]
    assert registration.rate_on(date(2020, 6, 30)) is None
    assert registration.rate_on(date(2020, 12, 31)) == Decimal(16)
    assert registration.rate_on(date(2021, 1, 1)) == Decimal(19)


def test_the_secrets_name_follows_the_account() -> None:
    settings = Settings.model_validate(
        {
            "entity": {"name": "x", "address": [], "country": "DE", "tax_id": "", "email": ""},
            "accounts": [{"name": "stripe/eu-2", "api_base": "http://127.0.0.1:1"}],
        }
    )
    assert settings.accounts[0].secret_name("API_KEY") == "COUNTERFOIL_STRIPE_EU_2_API_KEY"


def test_lines_are_found_in_the_second_table_of_an_array() -> None:
    text = "[[accounts]]\nname = 1\n\n[[accounts]]\nname = 2\nmode = 3\n"
    assert line_of(text, ("accounts", 1, "mode")) == 6
    assert line_of(text, ("accounts", 1, "api_base")) == 4
