"""Local accounts: one file, hashes only, replaced whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.paths import Paths
from counterfoil.users import UserInvalid, UsersUnreadable, add_user, check_password, read_users, remove_user

PASSWORD = "correct horse battery"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def test_the_right_password_is_known_and_never_kept(paths: Paths) -> None:
    add_user(paths, "ada@example.com", "agent", PASSWORD)
    user = check_password(paths, " ADA@example.com", PASSWORD)
    assert user is not None and user.role == "agent"
    assert PASSWORD not in paths.users.read_text()
    assert "$argon2id$" in paths.users.read_text()
    assert "argon2" not in repr(user)
    assert paths.users.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("password", ["", "correct horse batter", PASSWORD + " ", "x" * 10_000, "\x00"])
def test_another_password_is_not(paths: Paths, password: str) -> None:
    add_user(paths, "ada@example.com", "agent", PASSWORD)
    assert check_password(paths, "ada@example.com", password) is None
    assert check_password(paths, "bob@example.com", password) is None


@pytest.mark.parametrize(
    ("name", "role", "password", "sentence"),
    [
        ("", "agent", PASSWORD, "not a user name"),
        ("a b", "agent", PASSWORD, "not a user name"),
        ("../ada", "agent", PASSWORD, "not a user name"),
        ("а́da", "agent", PASSWORD, "not a user name"),
        ("ada", "king", PASSWORD, "choose one of"),
        ("ada", "customer", PASSWORD, "choose one of"),
        ("ada", "agent", "short", "10 to 1000"),
        ("ada", "agent", "x" * 1001, "10 to 1000"),
    ],
)
def test_an_account_that_cannot_be_is_refused(paths: Paths, name: str, role: str, password: str, sentence: str) -> None:
    with pytest.raises(UserInvalid, match=sentence):
        add_user(paths, name, role, password)
    assert not paths.users.exists()


def test_taking_away_and_adding_again_are_seen_at_once(paths: Paths) -> None:
    add_user(paths, "ada", "agent", PASSWORD)
    add_user(paths, "bob", "lead", PASSWORD)
    assert remove_user(paths, "ADA")
    assert not remove_user(paths, "ada")
    assert list(read_users(paths)) == ["bob"]


@pytest.mark.parametrize("text", ["", "[]x", '{"ada": 1}', '{"ada": {"role": "agent"}}', "[1]"])
def test_a_damaged_file_is_said_and_not_overwritten(paths: Paths, text: str) -> None:
    paths.users.write_text(text)
    with pytest.raises(UsersUnreadable, match="restore it"):
        add_user(paths, "ada", "agent", PASSWORD)
    assert paths.users.read_text() == text
