"""The mail with a code. It goes to the address that we have of the person, once: who wants another asks again."""

from __future__ import annotations

from html import escape

from connectors.mail.addresses import AddressInvalid, mail_address, message_id
from connectors.mail.errors import MailError
from connectors.mail.message import Mail, as_bytes
from connectors.mail.smtp import Connection
from counterfoil.customer_codes import Codes
from counterfoil.languages import tongue
from flows.actions.desk import Desk
from flows.invoicing.mail_server import Post, post_of
from warehouse.reads.people import Person, find_person


def send_code(desk: Desk, attempt: str, person_id: str, language: str) -> str:
    """Make the code of an attempt and mail it; return a sentence about what came of it, without the code."""
    post = post_of(desk.settings, desk.paths)
    if post is None:
        return "The settings have no [mail]: no code was sent."
    person = find_person(desk.published, person_id)
    if person is None or not person.email:
        return "Nobody of this id has an e-mail address: no code was sent."
    try:
        recipient = mail_address(person.email)
        code = Codes(desk.paths).make(attempt, person_id, now=desk.now())
    except (AddressInvalid, ValueError) as error:
        return f"No code was sent: {error}"
    if code is None:
        return "This attempt has its code already; nothing was sent again."
    mail = _mail(desk, post, recipient, person, code, attempt, language)
    try:
        with Connection(post.server) as connection:
            connection.send(post.mail.sender, recipient, as_bytes(mail, post.dkim_key), before_data=lambda: None)
    except MailError as error:
        return f"The mail was not taken: {error}"
    return "The code was handed to the mail server."


def _mail(desk: Desk, post: Post, recipient: str, person: Person, code: str, attempt: str, language: str) -> Mail:
    spoken = tongue(language, person.country)
    say = spoken.words.gettext
    name = desk.settings.branding.name or desk.settings.entity.name
    text = "\n\n".join(
        (
            say("Your code for the billing page: {code}").format(code=f"{code[:4]} {code[4:]}"),
            say("It can be used once, for ten minutes, in the browser that asked for it."),
            say("If you did not ask for it, you need not do anything. Tell the code to nobody."),
            name,
        )
    )
    return Mail(
        message_id=message_id(f"billing-code:{attempt}", post.mail.sender),
        sender_name=name,
        sender=post.mail.sender,
        recipient=recipient,
        reply_to=post.mail.reply_to,
        subject=say("Your code for the billing page"),
        language=spoken.language,
        date=desk.now(),
        plain=text + "\n",
        html="".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n")),
    )
