"""What a mail about a document says, in the document's language, as plain text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from flows.invoicing import wording
from warehouse.books.documents import Document
from warehouse.books.documents_data import DocumentData

TEMPLATES = Path(__file__).resolve().parent / "mail_templates"


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language. {number}, {original}, {name}, {seller} are filled in."""

    titles: dict[str, str]
    greeting: str
    greeting_nobody: str
    thanks: dict[str, str]
    attached: str
    labels: dict[str, str]
    closing: str


@dataclass(frozen=True, slots=True)
class MailText:
    """One mail's texts."""

    subject: str
    greeting: str
    sentences: list[str]
    facts: list[tuple[str, str]]
    closing: str
    plain: str
    html: str


_ENGLISH = Words(
    titles={"invoice": "Invoice", "credit_note": "Credit note", "receipt": "Receipt"},
    greeting="Dear {name},",
    greeting_nobody="Hello,",
    thanks={
        "invoice": "Thank you for your payment. There is nothing left to pay.",
        "receipt": "Thank you for your payment.",
        "credit_note": "We refunded your payment. This corrects invoice {original}.",
        "replaced": "This credit note cancels invoice {original}. A new invoice takes its place; no money moves.",
    },
    attached="Your document {number} is attached as a PDF. If something is wrong with it, answer this mail.",
    labels={"number": "Number", "issued": "Date of issue", "total": "Total", "reference": "Payment reference"},
    closing="Kind regards",
)
_GERMAN = Words(
    titles={"invoice": "Rechnung", "credit_note": "Gutschrift", "receipt": "Quittung"},
    greeting="Guten Tag {name},",
    greeting_nobody="Guten Tag,",
    thanks={
        "invoice": "vielen Dank für Ihre Zahlung. Es ist nichts mehr zu zahlen.",
        "receipt": "vielen Dank für Ihre Zahlung.",
        "credit_note": "wir haben Ihre Zahlung erstattet. Dies korrigiert die Rechnung {original}.",
        "replaced": "diese Gutschrift ersetzt die Rechnung {original} durch eine neue; es fließt kein Geld.",
    },
    attached="Ihr Beleg {number} liegt als PDF bei. Falls damit etwas nicht stimmt, antworten Sie auf diese Mail.",
    labels={"number": "Nummer", "issued": "Ausgestellt am", "total": "Summe", "reference": "Zahlungsreferenz"},
    closing="Freundliche Grüße",
)
LANGUAGES = {"en": _ENGLISH, "de": _GERMAN}


def mail_text(document: Document) -> MailText:
    """The mail about a document; English where its language has no words yet."""
    data = document.data
    language = data["language"] if data["language"] in LANGUAGES else "en"
    words = LANGUAGES[language]
    original = data["original"]
    name = data["buyer"]["name"]
    parts = {"number": data["number"], "original": original["number"] if original else "", "name": name}
    title = words.titles[data["kind"]]
    reason = "replaced" if original and not data["payment"]["refund_id"] else data["kind"]
    text = MailText(
        subject=f"{title} {data['number']} – {data['seller']['name']}",
        greeting=words.greeting.format(**parts) if name else words.greeting_nobody,
        sentences=[words.thanks[reason].format(**parts), words.attached.format(**parts)],
        facts=_facts(data, words, language),
        closing=words.closing,
        plain="",
        html="",
    )
    return MailText(
        text.subject,
        text.greeting,
        text.sentences,
        text.facts,
        text.closing,
        plain=_plain(text, data),
        html=_html(text, data, language),
    )


def _facts(data: DocumentData, words: Words, language: str) -> list[tuple[str, str]]:
    issued = wording.day(data["issued_on"]) if language == "en" else data["issued_on"]
    reference = data["payment"]["refund_id"] or data["payment"]["charge_id"]
    return [
        (words.labels["number"], data["number"]),
        (words.labels["issued"], issued),
        (words.labels["total"], wording.amount_with_code(data["total_minor"], data["currency"])),
        (words.labels["reference"], reference),
    ]


def _plain(text: MailText, data: DocumentData) -> str:
    facts = "\n".join(f"{label}: {value}" for label, value in text.facts)
    parts = [text.greeting, *text.sentences, facts, f"{text.closing}\n{data['seller']['name']}", data["legal_text"]]
    return "\n\n".join(part for part in parts if part) + "\n"


def _html(text: MailText, data: DocumentData, language: str) -> str:
    return _template().render(
        text=text,
        language=language,
        colour=data["colour"],
        seller=data["seller"]["name"],
        legal_text=data["legal_text"],
    )


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("mail.html")
