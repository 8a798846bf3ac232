"""Where the customers live, what tax is due there in 2025 and 2026, and how the shop prices it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Levy:
    """A tax: `milli` thousandths of a percent (19 % is 19000); `state` is None where it is the country's."""

    name: str
    kind: str
    milli: int
    country: str
    state: str | None = None


@dataclass(frozen=True)
class Place:
    """A place with customers. `weight` is its share; prices contain the tax where `is_inclusive`."""

    country: str
    state: str | None
    city: str
    postal_code: str
    currency: str
    weight: int
    levies: tuple[Levy, ...]
    is_inclusive: bool
    locale: str
    tax_id: tuple[str, str] | None = None

    @property
    def can_reverse(self) -> bool:
        """Whether a business there is charged without tax by a seller in Germany."""
        return self.tax_id is not None and self.country != "DE"


def _vat(country: str, milli: int) -> tuple[Levy, ...]:
    return (Levy("VAT" if country != "DE" else "MwSt", "vat", milli, country),)


def _us(state: str, milli: int) -> tuple[Levy, ...]:
    return (Levy("Sales Tax", "sales_tax", milli, "US", state),)


ONTARIO = (Levy("HST", "hst", 13_000, "CA", "ON"),)
QUEBEC = (Levy("GST", "gst", 5_000, "CA"), Levy("QST", "qst", 9_975, "CA", "QC"))
COLUMBIA = (Levy("GST", "gst", 5_000, "CA"), Levy("PST", "pst", 7_000, "CA", "BC"))
AUSTRALIA = (Levy("GST", "gst", 10_000, "AU"),)
JAPAN = (Levy("JCT", "jct", 10_000, "JP"),)

PLACES = [
    Place("DE", None, "Köln", "50667", "eur", 26, _vat("DE", 19_000), True, "de", ("eu_vat", "DE#########")),
    Place("FR", None, "Orléans", "45000", "eur", 12, _vat("FR", 20_000), True, "fr", ("eu_vat", "FR###########")),
    Place("ES", None, "A Coruña", "15001", "eur", 8, _vat("ES", 21_000), True, "es", ("eu_vat", "ESB########")),
    Place("IT", None, "Forlì", "47121", "eur", 8, _vat("IT", 22_000), True, "it", ("eu_vat", "IT###########")),
    Place("NL", None, "Utrecht", "3511", "eur", 8, _vat("NL", 21_000), True, "nl", ("eu_vat", "NL#########B01")),
    Place("AT", None, "Linz", "4020", "eur", 6, _vat("AT", 20_000), True, "de", ("eu_vat", "ATU########")),
    Place("GB", None, "Bristol", "BS1 4DJ", "gbp", 10, _vat("GB", 20_000), True, "en-GB", ("gb_vat", "GB#########")),
    Place("US", "NY", "New York", "10001", "usd", 7, _us("NY", 8_875), False, "en"),
    Place("US", "CA", "Oakland", "94601", "usd", 7, _us("CA", 10_250), False, "en"),
    Place("US", "TX", "Austin", "78701", "usd", 6, _us("TX", 8_250), False, "en"),
    Place("JP", None, "仙台市", "980-0021", "jpy", 6, JAPAN, True, "ja"),
    Place("KW", None, "Kuwait City", "13001", "kwd", 4, (), False, "ar"),
    Place("AU", "VIC", "Melbourne", "3000", "usd", 4, AUSTRALIA, True, "en-AU"),
    Place("CA", "ON", "Toronto", "M5H 2N2", "usd", 3, ONTARIO, False, "en-CA"),
    Place("CA", "QC", "Montréal", "H2Y 1C6", "usd", 2, QUEBEC, False, "fr-CA"),
    Place("CA", "BC", "Vancouver", "V6B 1A1", "usd", 2, COLUMBIA, False, "en-CA"),
]

NAMES = {
    "DE": (["Jürgen", "Anneliese", "Björn", "Lena", "Götz", "Zoë"], ["Müller", "Weiß", "Schäfer", "Krüger", "Yıldız"]),
    "FR": (["Chloé", "François", "Anaïs", "Benoît", "Zoé"], ["Lefèvre", "Gauthier", "D'Août", "Brûlé", "Nguyễn"]),
    "ES": (["Íñigo", "Begoña", "José", "Lucía"], ["Muñoz", "Ibáñez", "Castaño", "Peña"]),
    "IT": (["Niccolò", "Giosuè", "Chiara", "Lucia"], ["D'Amico", "Forlì", "Esposito", "Ricci"]),
    "NL": (["Sjoerd", "Anouk", "Daniël", "Fleur"], ["van 't Hof", "de Vries", "Bakker", "IJsselstein"]),
    "AT": (["Leopold", "Käthe", "Matthäus", "Resi"], ["Größwang", "Höller", "Steindl"]),
    "GB": (["Siân", "Oliver", "Niamh", "Hugh"], ["O'Brien", "Llewellyn", "Smith-Jones", "Patel"]),
    "US": (["Avery", "Jordan", "José", "Mei"], ["Johnson", "García", "Nguyen", "O'Neill"]),
    "JP": (["さくら", "健太", "陽子", "大輔"], ["佐藤", "髙橋", "渡邉", "小林"]),
    "KW": (["فاطمة", "يوسف", "نورة", "Ahmad"], ["العنزي", "الصباح", "Al-Mutairi"]),
    "AU": (["Kirra", "Lachlan", "Isla"], ["Nguyen", "Macdonald", "Wilson"]),
    "CA": (["Élodie", "Liam", "Hélène", "Noah"], ["Tremblay", "MacLeod", "Bélanger", "Singh"]),
}
FIRMS = ["Atelier", "Studio", "Werkstatt", "Labs", "Éditions", "Verlag", "Media", "Foto", "Kollektiv"]
EU = {"DE", "FR", "ES", "IT", "NL", "AT"}
