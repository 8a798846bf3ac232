"""Invoices with their lines, taxes and payments. Whole minor units, halves go up."""

from dataclasses import dataclass

from sandbox.recurly import shapes
from sandbox.recurly.money import major, minor, share
from sandbox.recurly.places import Place
from sandbox.standin.messages import Json


@dataclass(frozen=True)
class Item:
    """Something to bill; `unit` in minor units, before tax."""

    text: str
    quantity: int
    unit: int
    more: Json
    is_tax_inside: bool = False


@dataclass
class Books:
    """What was made so far, in order."""

    seed: str
    rows: list[tuple[str, Json]]
    count: int = 0
    first_number: int = 1_000

    def new_id(self, kind: str) -> str:
        """The next id of a kind."""
        self.count += 1
        return shapes.new_id(kind, self.seed, self.count)

    def add(self, kind: str, obj: Json) -> Json:
        """Keep an object; it may still change until the whole is done."""
        self.rows.append((kind, obj))
        return obj


def bill(books: Books, account: Json, place: Place, when: int, items: list[Item], off_percent: int = 0) -> Json:
    """A charge invoice whose totals are the sums of its lines."""
    number = str(books.first_number + books.count)
    invoice = shapes.invoice(books.new_id("invoice"), when, number, account, place.currency, "charge")
    is_reverse = bool(account["vat_number"]) and place.tax == "vat" and place.country != "DE"
    milli = 0 if is_reverse else place.milli
    invoice["tax_info"] = {"type": place.tax, "region": place.region or place.country, "rate": milli / 100_000}
    if is_reverse:
        invoice["vat_reverse_charge_notes"] = "VAT is due by the recipient (Article 196, Directive 2006/112/EC)."
    sums = {"subtotal": 0, "discount": 0, "tax": 0}
    for item in items:
        for name, value in _add_line(books, invoice, account, when, item, off_percent, milli).items():
            sums[name] += value
    total = sums["subtotal"] - sums["discount"] + sums["tax"]
    money = {**sums, "total": total, "paid": total, "balance": 0, "refundable_amount": total}
    invoice.update({name: major(value, place.currency) for name, value in money.items()})
    return books.add("invoice", invoice)


def pay(books: Books, account: Json, invoice: Json, when: int, status: str = "success") -> Json:
    """A payment of the whole invoice, in the end or not."""
    made = shapes.transaction(books.new_id("transaction"), when, account, invoice, invoice["total"], "purchase")
    if status != "success":
        made.update(status=status, success=False)
    if status == "declined":
        made.update(status_code="insufficient_funds", status_message="The card has insufficient funds.")
        made["customer_message"] = "Your card has insufficient funds."
        del made["collected_at"]
    if status == "chargeback":
        invoice["refundable_amount"] = 0.0
    invoice["_transactions"].append(made["id"])
    return books.add("transaction", made)


def give_back(books: Books, account: Json, invoice: Json, payment: Json, amount: int, when: int) -> None:
    """A refund of long ago with its credit invoice."""
    currency = invoice["currency"]
    number = str(90_000 + books.count)
    credit = shapes.invoice(books.new_id("invoice"), when, number, account, currency, "credit")
    tax = share(amount, minor(invoice["tax"], currency), minor(invoice["total"], currency))
    money = {"subtotal": tax - amount, "discount": 0, "tax": -tax, "total": -amount, "paid": 0, "balance": 0}
    credit.update({name: major(value, currency) for name, value in money.items()})
    credit.update(previous_invoice_id=invoice["id"], _related=[invoice["id"]], tax_info=invoice["tax_info"])
    unit = major(tax - amount, currency)
    text = f"Refund of invoice {invoice['number']}"
    line = shapes.line(books.new_id("line_item"), when, credit, account, text, 1, unit)
    line.update(subtotal=unit, discount=0.0, tax=major(-tax, currency), amount=major(-amount, currency))
    credit["_lines"].append(books.add("line_item", line)["id"])
    made = shapes.transaction(books.new_id("transaction"), when, account, credit, major(amount, currency), "refund")
    made["original_transaction_id"] = payment["id"]
    credit["_transactions"].append(books.add("transaction", made)["id"])
    left = minor(invoice["refundable_amount"], currency) - amount
    invoice.update(refundable_amount=major(left, currency), updated_at=shapes.iso(when))
    invoice["_related"].append(books.add("invoice", credit)["id"])
    payment.update(refunded=True, updated_at=shapes.iso(when))


def _add_line(
    books: Books, invoice: Json, account: Json, when: int, item: Item, off_percent: int, milli: int
) -> dict[str, int]:
    currency = invoice["currency"]
    subtotal = item.unit * item.quantity
    off = share(subtotal, off_percent, 100)
    tax = share(subtotal - off, milli, 100_000)
    if item.is_tax_inside:
        tax = share(subtotal - off, milli, 100_000 + milli)
        subtotal -= tax
    wanted, unit = books.new_id("line_item"), major(item.unit, currency)
    line = shapes.line(wanted, when, invoice, account, item.text, item.quantity, unit)
    sums = {"subtotal": subtotal, "discount": off, "tax": tax}
    line.update({name: major(value, currency) for name, value in sums.items()})
    line.update(amount=major(subtotal - off + tax, currency), tax_info=invoice["tax_info"], **item.more)
    invoice["_lines"].append(books.add("line_item", line)["id"])
    return sums
