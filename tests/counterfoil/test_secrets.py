"""Secrets are found in three places and shown in none."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.secrets import Secret, SecretMissing, read_secret


def test_the_environment_comes_before_the_file_and_that_before_dot_env(tmp_path: Path) -> None:
    named, dot_env = tmp_path / "key", tmp_path / ".env"
    named.write_text("from the file\n")
    dot_env.write_text("# a comment\nNAME = 'from .env'\n")
    both = {"NAME": "from the environment", "NAME_FILE": str(named)}
    assert read_secret("NAME", both, dot_env).reveal() == "from the environment"
    assert read_secret("NAME", {"NAME_FILE": str(named)}, dot_env).reveal() == "from the file"
    assert read_secret("NAME", {}, dot_env).reveal() == "from .env"


def test_a_missing_secret_is_named_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="NAME is not set"):
        read_secret("NAME", {}, tmp_path / ".env")
    with pytest.raises(SecretMissing, match="NAME_FILE names"):
        read_secret("NAME", {"NAME_FILE": str(tmp_path / "none")}, tmp_path / ".env")


def test_a_secret_shows_nothing_of_itself() -> None:
    secret = Secret("sk_live_123")
    assert "sk_live_123" not in f"{secret} {secret!r} {[secret]}"
