"""What an agent sees: the list of tickets, and one ticket with its thread, its macros, and the panel beside it.

Made up for the sandbox: one page for all five. Macros are the files of apps/<helpdesk>/macros, so that what an admin
imports is what is tried here.
"""

import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import parse_qs

from sandbox.helpdesks.desk import Face
from sandbox.helpdesks.markup import paragraph, plain
from sandbox.standin.messages import Answer, Json, Request

APPS = Path(__file__).resolve().parents[2] / "apps"
PATHS = {
    "zendesk": "/agent/tickets/",
    "freshdesk": "/a/tickets/",
    "helpscout": "/conversation/",
    "intercom": "/a/inbox/conversation/",
    "front": "/open/",
}
"""Where each helpdesk shows a ticket."""
TITLES = {"helpscout": "Help Scout"}
CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
PanelOf = Callable[[Face, Json, Json], str]
"""(helpdesk, ticket, agent who looks) -> the HTML of the panel beside the ticket."""


def no_panel(face: Face, ticket: Json, agent: Json) -> str:
    """What stands where no panel is set up."""
    return "<p>No app is installed.</p>"


class Pages:
    """The agents' pages of one helpdesk. Nobody signs in: the agent is chosen on the page."""

    def __init__(self, face: Face, panel: PanelOf = no_panel) -> None:
        self._face = face
        self._panel = panel
        self.path = PATHS[face.name]
        self.title = TITLES.get(face.name, face.name.capitalize())

    def serves(self, request: Request) -> bool:
        """Whether it is a page, not the API."""
        return request.path == "/" or request.path.startswith(self.path)

    def answer(self, request: Request) -> Answer:
        """A page, or what was sent from one."""
        if request.path == "/":
            return self._html("Tickets", self._list())
        ticket = self._face.desk.ticket(request.path.removeprefix(self.path))
        if ticket is None:
            return self._html("Not found", "<p>There is no such ticket.</p>", status=404)
        agents = self._face.desk.agents()
        if request.method == "POST":
            sent = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
            agent = self._face.desk.agent(sent.get("agent", "")) or agents[0]
            self._write(ticket, agent, sent)
            where = f"{request.path}?agent={agent['id']}"
            return Answer(303, b"", {"Location": where}, "text/html; charset=utf-8")
        chosen = parse_qs(request.query.decode()).get("agent", [""])[0]
        agent = self._face.desk.agent(chosen) or agents[0]
        return self._html(ticket["subject"] or f"Conversation {ticket['id']}", self._ticket(ticket, agent, agents))

    def _write(self, ticket: Json, agent: Json, sent: dict[str, str]) -> None:
        text = sent.get("text", "").replace("\r\n", "\n").strip()
        if not text:
            return
        kind = {"reply": "agent", "customer": "customer"}.get(sent.get("kind", ""), "note")
        author = ticket["requester"] if kind == "customer" else agent["id"]
        self._face.desk.add(ticket["id"], kind, author, paragraph(text))

    def _list(self) -> str:
        rows = "".join(
            f'<li><a href="{self.path}{escape(one["id"])}">{escape(one["subject"] or one["id"])}</a> '
            f"<span>{escape(self._face.desk.person(one['requester'])['email'])}</span></li>"
            for one in self._face.desk.tickets()
        )
        return f"<main><h1>{self.title}: tickets</h1><ul class='tickets'>{rows or '<li>None yet.</li>'}</ul></main>"

    def _ticket(self, ticket: Json, agent: Json, agents: list[Json]) -> str:
        person = self._face.desk.person(ticket["requester"])
        thread = "".join(self._part(one) for one in ticket["thread"])
        choices = "".join(
            f'<option value="{escape(one["id"])}"{" selected" if one["id"] == agent["id"] else ""}>'
            f"{escape(one['name'])}</option>"
            for one in agents
        )
        macros = "".join(
            f'<button type="button" class="macro" data-text="{escape(text)}">{escape(title)}</button>'
            for title, text in macros_of(self._face.name)
        )
        return f"""<main><p><a href="/">All tickets</a></p><h1>{escape(ticket["subject"] or "Conversation")}</h1>
<p class="who">{escape(person["name"])} · {escape(person["email"])} · {self.title} {escape(ticket["id"])}</p>
<ol class="thread">{thread}</ol>
<form method="post" class="composer"><label>Agent <select name="agent">{choices}</select></label>
<div class="macros" role="group" aria-label="Macros">{macros}</div>
<label for="text">Write</label><textarea id="text" name="text" rows="5"></textarea>
<div><button name="kind" value="note" class="note">Add private note</button>
<button name="kind" value="reply">Reply</button>
<button name="kind" value="customer">Reply as the customer</button></div>
</form></main><aside aria-label="Counterfoil">{self._panel(self._face, ticket, agent)}</aside>"""

    def _part(self, part: Json) -> str:
        is_customer = part["kind"] == "customer"
        known = self._face.desk.person(part["author"]) if is_customer else self._face.desk.agent(part["author"])
        name = escape((known or {}).get("name", ""))
        label = {"note": "private note", "agent": "reply", "customer": "customer"}[part["kind"]]
        # Parts are HTML as the API took it; a real helpdesk cleans it, which is done here by hand.
        return f'<li class="{part["kind"]}"><b>{name}</b> <span>{label}</span><div>{cleaned(part["html"])}</div></li>'

    def _html(self, title: str, body: str, status: int = 200) -> Answer:
        page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(title)} · {self.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{CSS}</style></head>
<body class="{self._face.name}">{body}<script>
document.addEventListener("click", (event) => {{
  const text = event.target.dataset && event.target.dataset.text;
  if (text) {{ const box = document.getElementById("text"); box.value = text; box.focus(); }}
}});
document.querySelectorAll("select[name=agent]").forEach((one) => one.addEventListener("change", () => {{
  location.search = "?agent=" + encodeURIComponent(one.value);
}}));
</script></body></html>"""
        return Answer(status, page.encode(), {}, "text/html; charset=utf-8")


def macros_of(name: str) -> list[tuple[str, str]]:
    """(title, text of the private note) of the macros that an admin imports."""
    folder = APPS / name / "macros"
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [(one["title"], one["note"]) for one in (note_of(macro) for macro in found) if one]


def note_of(macro: Json) -> Json | None:
    """Title and note of a macro in any helpdesk's form; what is HTML there becomes lines."""
    inner = macro.get("macro") or macro
    title = inner.get("title") or inner.get("name")
    text = inner.get("note") or plain(inner.get("text") or inner.get("content_html") or "")
    for action in inner.get("actions", []):
        if action.get("field") == "comment_value" or action.get("name") == "add_comment":
            value = action.get("value")
            text = value[-1] if isinstance(value, list) else value
    return {"title": title, "note": text} if title and text else None


def cleaned(html: str) -> str:
    """Only the tags that notes need; everything else becomes text."""
    kept = re.compile(r"&lt;(/?(?:p|b|br|div)|/a)\s*/?&gt;", re.IGNORECASE)
    shown = kept.sub(r"<\1>", escape(html, quote=False))
    shown = re.sub(r'&lt;a href="(https?://[^"&<>]+)"&gt;', r'<a href="\1" rel="noreferrer">', shown)
    return shown.replace("&amp;", "&")
