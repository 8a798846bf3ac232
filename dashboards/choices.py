"""What a form can offer to choose from, where we know the values: prices, coupons, countries, kinds of tax ids."""

from __future__ import annotations

from counterfoil.countries import COUNTRIES
from dashboards.service import Service
from dashboards.subjects import Subject
from warehouse.reads.offered_prices import Coupon, Price, coupons_of, recurring_prices_of
from warehouse.reads.subscriptions import Subscription

Options = tuple[tuple[str, str], ...]
"""(value, words) pairs."""

TAX_ID_TYPES = {
    "eu_vat": "EU VAT number",
    "gb_vat": "United Kingdom VAT number",
    "ch_vat": "Switzerland VAT number",
    "no_vat": "Norway VAT number",
    "is_vat": "Iceland VAT number",
    "ae_trn": "United Arab Emirates TRN",
    "au_abn": "Australia ABN",
    "br_cnpj": "Brazil CNPJ",
    "br_cpf": "Brazil CPF",
    "ca_bn": "Canada BN",
    "ca_gst_hst": "Canada GST/HST number",
    "ca_pst_bc": "Canada PST number (British Columbia)",
    "ca_qst": "Canada QST number (Québec)",
    "hk_br": "Hong Kong BR number",
    "id_npwp": "Indonesia NPWP",
    "il_vat": "Israel VAT number",
    "in_gst": "India GST number",
    "jp_cn": "Japan corporate number",
    "jp_trn": "Japan registered foreign businesses’ number",
    "kr_brn": "Korea BRN",
    "mx_rfc": "Mexico RFC",
    "my_sst": "Malaysia SST number",
    "nz_gst": "New Zealand GST number",
    "sa_vat": "Saudi Arabia VAT number",
    "sg_gst": "Singapore GST number",
    "th_vat": "Thailand VAT number",
    "tr_tin": "Turkey tax number",
    "tw_vat": "Taiwan VAT number",
    "us_ein": "United States EIN",
    "za_vat": "South Africa VAT number",
}
"""Stripe's words, from https://docs.stripe.com/billing/customer/tax-ids; the usual ones."""


def options_of(service: Service, subject: Subject, action: str, detail: str) -> Options:
    """The values to choose from; empty where we know none, and any text may be written."""
    if detail == "price_id":
        return _prices(service, subject, action)
    if detail == "coupon_id":
        return tuple((coupon.coupon_id, coupon.words) for coupon in coupons(service, subject.account))
    if detail == "country":
        return tuple(sorted(COUNTRIES.items(), key=lambda pair: pair[1]))
    return tuple(TAX_ID_TYPES.items()) if detail == "tax_id_type" else ()


def _prices(service: Service, subject: Subject, action: str) -> Options:
    """All prices; for a change of plan the others in the subscription's currency."""
    found = prices(service, subject.account)
    if isinstance(subject.known, Subscription) and subject.known.amount is not None:
        currency, now = subject.known.amount.currency, getattr(subject.state, "price_id", None)
        found = [
            price
            for price in found
            if price.price_id != now and (price.amount is None or price.amount.currency == currency)
        ]
    return tuple((price.price_id, price.words) for price in found)


def prices(service: Service, account: str) -> list[Price]:
    """The recurring prices of an account; read once per published file."""
    return service.kept.once(f"prices {account}", lambda published: recurring_prices_of(published, account))


def coupons(service: Service, account: str) -> list[Coupon]:
    """The coupons of an account; read once per published file."""
    return service.kept.once(f"coupons {account}", lambda published: coupons_of(published, account))


def price_named(service: Service, account: str, price_id: str) -> Price | None:
    """One price, or None."""
    return next((price for price in prices(service, account) if price.price_id == price_id), None)


def coupon_named(service: Service, account: str, coupon_id: str) -> Coupon | None:
    """One coupon, or None."""
    return next((coupon for coupon in coupons(service, account) if coupon.coupon_id == coupon_id), None)
