"""What a macro's note is read as, and what is said where it cannot be."""

from __future__ import annotations

import pytest

from connectors.actions import ACTIONS
from connectors.helpdesks.commands import MACROS, CommandInvalid, is_command, read_command
from connectors.helpdesks.markup import as_markdown, html_of, text_of
from connectors.helpdesks.registry import NAMES
from connectors.requested import details_of
from sandbox.helpdesks.pages import macros_of


def test_a_note_says_what_is_wished() -> None:
    text = "counterfoil: Refund part\namount: 10.00\nid: ch_1\nreason: duplicate\nShe was charged twice.\nSorry!"
    command = read_command(text)
    assert command.macro.action == "refund"
    assert (command.amount, command.object_id, command.reason_code) == ("10.00", "ch_1", "duplicate")
    assert command.reason_text == "She was charged twice.\nSorry!"
    assert command.details() == {}


@pytest.mark.parametrize("macro", MACROS.values(), ids=lambda macro: str(macro.name))
def test_every_macro_asks_for_an_action_with_its_details(macro: object) -> None:
    from connectors.helpdesks.commands import Macro

    assert isinstance(macro, Macro)
    command = read_command(f"counterfoil: {macro.name}\n" + "\n".join(f"{need}: 10" for need in macro.needs))
    assert command.macro == macro
    assert macro.action in ACTIONS
    assert set(command.details()) <= {detail.name for detail in details_of(macro.action)}
    lacking = [
        one.name for one in details_of(macro.action) if one.default is None and one.name not in command.details()
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("counterfoil: refund everything", "There is no macro “refund everything”"),
        ("counterfoil:", "There is no macro “”"),
        ("counterfoil: refund part", "write the amount"),
        ("counterfoil: refund part\namount: ____", "write the amount"),
        ("counterfoil: refund part\namount: […]", "write the amount"),
        ("counterfoil: refund part\namount: 1\namount: 2", "says “amount” twice"),
        ("counterfoil: add vat id", "write the vat id"),
        ("counterfoil: apply coupon\ncoupon: " + "x" * 300, "longer than 200"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, part: str) -> None:
    with pytest.raises(CommandInvalid) as caught:
        read_command(text)
    assert part in str(caught.value)


def test_fields_of_the_ticket_count_where_the_note_says_nothing() -> None:
    fields = {"amount": "5.00", "id": "ch_9"}
    assert read_command("counterfoil: refund part", fields).amount == "5.00"
    assert read_command("counterfoil: refund part\namount: 7", fields).amount == "7"
    assert read_command("counterfoil: refund last charge", fields).amount == ""


def test_only_notes_that_begin_with_the_word_are_meant_for_us() -> None:
    assert is_command("  Counterfoil: refund last charge")
    assert not is_command("I wrote counterfoil: refund last charge")
    assert not is_command("Counterfoil refunded 10.00 EUR")


def test_html_becomes_lines_and_scripts_nothing() -> None:
    html = "<div>counterfoil: refund part<br>amount: 10.00</div><script>alert(1)</script><p>a &lt;b&gt; &amp; c</p>"
    assert text_of(html) == "counterfoil: refund part\namount: 10.00\na <b> & c"


def test_our_notes_are_the_same_words_in_markdown_with_everything_else_escaped() -> None:
    assert as_markdown('<p><b>Done.</b> a*b_[x](y)</p><p><a href="https://x.example/1">Run</a></p>') == (
        "**Done\\.** a\\*b\\_\\[x\\]\\(y\\)\n\n[Run](https://x.example/1)"
    )


def test_plain_text_is_escaped() -> None:
    assert html_of("<script>\n&") == "<p>&lt;script&gt;<br>&amp;</p>"


@pytest.mark.parametrize("helpdesk", NAMES)
def test_the_macros_that_an_admin_imports_are_those_that_we_read(helpdesk: str) -> None:
    found = {}
    for title, text in macros_of(helpdesk):
        blank = [line for line in text.splitlines() if line.endswith(": ____")]
        filled = text.replace("\nid: ____", "").replace("\nsure: ____", "").replace("____", "10")
        found[read_command(filled).macro.name] = title
        assert {line.partition(":")[0] for line in blank} >= set(read_command(filled).macro.needs)
    assert set(found) == set(MACROS)
