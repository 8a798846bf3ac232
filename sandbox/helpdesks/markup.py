"""HTML as text, the way a helpdesk shows it in a list."""

import re
from html import escape, unescape


def plain(html: str) -> str:
    """Text with a line for each paragraph and break."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"(?i)<br\s*/?>|</p>", "\n", html))).strip()


def paragraph(text: str) -> str:
    """Text as one escaped paragraph."""
    return f"<p>{escape(text)}</p>".replace("\r\n", "\n").replace("\n", "<br>")
