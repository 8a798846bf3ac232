"""One person, one spelling: so that nobody approves a request of their own under another way of writing their name."""

from __future__ import annotations

import hashlib
import unicodedata

_DOTS_DO_NOT_COUNT = frozenset({"gmail.com", "googlemail.com"})


def normalised_person(name: str) -> str:
    """The spelling by which two names are compared: case, width, blanks, "+tag" and a trailing dot do not count."""
    folded = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    local, at, domain = folded.rpartition("@")
    if not at:
        return folded
    local = local.partition("+")[0]
    domain = domain.rstrip(".")
    if domain in _DOTS_DO_NOT_COUNT:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_same_person(one: str, other: str) -> bool:
    """Whether two spellings mean one person."""
    return normalised_person(one) == normalised_person(other)


def agent_tag(requester: str) -> str:
    """The tag by which a person's runs are found. Tags hold no e-mail addresses, so it is a digest."""
    return f"agent:{hashlib.sha256(normalised_person(requester).encode()).hexdigest()[:16]}"
