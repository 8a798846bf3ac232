"""Notes as text, as HTML and as Markdown. What we write has <p>, <b>, <br> and <a href> only, and all else escaped."""

from __future__ import annotations

import html as escaping
import re
from html.parser import HTMLParser

_BREAKS = frozenset({"p", "br", "div", "li", "tr", "h1", "h2", "h3", "pre", "blockquote"})
_SILENT = frozenset({"script", "style", "head", "title"})
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")
LONGEST = 100_000


class _Reader(HTMLParser):
    """Collects text; with `is_markdown` also what it means."""

    def __init__(self, *, is_markdown: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._is_markdown = is_markdown
        self._silent = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append("\n")
        elif self._is_markdown and tag == "b":
            self.parts.append("**")
        elif self._is_markdown and tag == "a":
            self._link = dict(attrs).get("href") or ""
            self.parts.append("[")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BREAKS - {"br"}:
            self.parts.append("\n")
        elif self._is_markdown and tag == "b":
            self.parts.append("**")
        elif self._is_markdown and tag == "a":
            self.parts.append(f"]({self._link})")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(_MARKDOWN.sub(r"\\\1", data) if self._is_markdown else data)


def text_of(html: str) -> str:
    """The text of HTML that a helpdesk sends, one line for each that a reader sees."""
    lines = (" ".join(line.split()) for line in _read(html, is_markdown=False).splitlines())
    return "\n".join(line for line in lines if line)


def html_of(plain: str) -> str:
    """Plain text as one paragraph, with everything escaped."""
    return f"<p>{escaping.escape(plain)}</p>".replace("\n", "<br>")


def as_markdown(html: str) -> str:
    """Our own HTML as Markdown."""
    return re.sub(r"\n{3,}", "\n\n", _read(html, is_markdown=True)).strip()


def _read(html: str, *, is_markdown: bool) -> str:
    reader = _Reader(is_markdown=is_markdown)
    reader.feed(html[:LONGEST])
    reader.close()
    return "".join(reader.parts)
