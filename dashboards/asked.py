"""What a page shows of an action that is about to be asked for: the form, and what would happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from markupsafe import Markup

from connectors.actions import has_amount
from connectors.money import Money
from connectors.offers import Offer
from connectors.requested import ActionInvalid, action_of, details_of
from counterfoil.policy import Verdict
from counterfoil.requests import ActionRequest, RequestInvalid, parse_request
from dashboards.detail_fields import PREFIX, YES, Details, DetailWrong, Field, fields_of, read_details
from dashboards.offering import note_of, offer_of, who_may
from dashboards.preview import consequences
from dashboards.roles import Visitor
from dashboards.service import Service
from dashboards.subjects import Subject
from dashboards.titles import full_title
from dashboards.wishes import AmountWrong, Meant, judged, read_amount, shown_digest, wish

_ALLOWED = Verdict("allowed", "", "")


@dataclass(frozen=True, slots=True)
class Asked:
    """One form with its preview."""

    meant: Meant
    subject: Subject
    offer: Offer
    written: Mapping[str, str]
    fields: tuple[Field, ...] = ()
    amount: Money | None = None
    amount_text: str = ""
    request: ActionRequest | None = None
    """None while something is missing or wrong."""
    mistake: str = ""
    """The sentence against what was written."""
    verdict: Verdict = _ALLOWED
    lines: tuple[Markup, ...] = ()
    """What happens; empty while it cannot be known."""
    note: str = ""
    """What is peculiar to this gateway."""
    previewed: str = ""
    """Stands for what `lines` are about: only what was shown can be confirmed."""

    @property
    def title(self) -> str:
        return full_title(self.meant.action)

    @property
    def label(self) -> str:
        """The words on the button."""
        if not self.lines:
            return "Show what happens"
        return f"{self.title} {self.amount}" if self.amount else self.title


def asked(
    service: Service,
    visitor: Visitor,
    subject: Subject,
    meant: Meant,
    written: Mapping[str, str],
    *,
    is_sent: bool,
) -> Asked:
    """The form as it stands. `is_sent`: the fields were written by the person; else they begin with what is usual."""
    offer = offer_of(service, visitor.role, subject.state, meant.action)
    if not offer.is_offered:
        return Asked(meant, subject, offer, written)
    fields = tuple(fields_of(service, subject, meant.action, written if is_sent else None))
    text = written.get("amount", "") if is_sent else str(offer.maximum.decimal()) if offer.maximum else ""
    bare = Asked(meant, subject, offer, written, fields, None, text, note=note_of(subject.account, meant.action))
    try:
        amount = read_amount(text, offer) if has_amount(meant.action) else None
        details = _details(service, subject, meant.action, written if is_sent else None, fields)
        request = wish(service, visitor, meant, amount, details, written)
        action = action_of(request, amount)
        if is_sent:
            parse_request(asdict(request))
    except (AmountWrong, DetailWrong, ActionInvalid, RequestInvalid) as error:
        return replace(bare, mistake=str(error) if is_sent else "")
    previewed = shown_digest(amount, details)
    is_confirmed = is_sent and written.get("previewed") == previewed
    verdict = judged(service, request, is_written=is_confirmed)
    lines = (*consequences(service, subject, action), *_verdict_lines(service, verdict, request))
    return replace(bare, amount=amount, request=request, verdict=verdict, lines=lines, previewed=previewed)


def _details(
    service: Service, subject: Subject, action: str, written: Mapping[str, str] | None, fields: tuple[Field, ...]
) -> Details:
    """What was written, or, before anything was, what the fields begin with."""
    if written is not None:
        return read_details(service, subject, action, written)
    shown = {field.name.removeprefix(PREFIX): field.value for field in fields}
    return {
        detail.name: shown[detail.name] == YES if detail.kind is bool else detail.default
        for detail in details_of(action)
        if detail.name in shown and detail.default is not None
    }


def _verdict_lines(service: Service, verdict: Verdict, request: ActionRequest) -> list[Markup]:
    if verdict.kind == "allowed":
        return [Markup("The policy allows it; no approval is needed.")]
    rule = Markup("<code>{}</code>").format(verdict.rule)
    if verdict.kind == "refused":
        help_ = who_may(service, request.action)
        return [Markup("<b>The policy refuses it.</b> {} {} Rule: {}").format(verdict.sentence, help_, rule)]
    able = " or ".join(service.policy.approvers)
    other = "another " if request.role in service.policy.approvers else ""
    return [Markup("<b>It waits for approval</b> by {}{}. {} Rule: {}").format(other, able, verdict.sentence, rule)]
