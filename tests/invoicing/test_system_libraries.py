"""A missing system library is a sentence with the package to install."""

from __future__ import annotations

import pytest

from flows.invoicing.system_libraries import missing_libraries


def test_here_nothing_is_missing() -> None:
    assert missing_libraries() == []


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("pango-1.0", "libpango-1.0-0"),
        ("pangoft2-1.0", "libpangoft2-1.0-0"),
        ("harfbuzz-subset", "libharfbuzz-subset0"),
    ],
)
def test_each_missing_library_names_its_debian_package(library: str, package: str) -> None:
    (sentence,) = missing_libraries(lambda name: None if name == library else f"lib{name}.so.0")
    assert sentence.startswith(f"The system library lib{library} is missing")
    assert sentence.endswith(f"apt-get install {package}")
