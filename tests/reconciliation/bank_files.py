"""Files as banks write them, small: one account, one period, the same two lines in each format."""

from __future__ import annotations

from pathlib import Path

from counterfoil.bank_accounts import BankAccount, CsvColumns, CsvMapping

IBAN = "DE89370400440532013000"
EUR = BankAccount(name="bank/main", number=IBAN, currency="EUR")
JPY = BankAccount(name="bank/jp", number="JP0001234567", currency="JPY")
USD = BankAccount(name="bank/us", number="000987654321", currency="USD")
CSV = BankAccount(
    name="bank/gb",
    number="GB29NWBK60161331926819",
    currency="GBP",
    csv=CsvMapping(
        columns=CsvColumns(booked_on="Buchungstag", amount="Betrag", text="Text", balance="Saldo"),
        delimiter=";",
        decimal=",",
        date_format="%d.%m.%Y",
        encoding="windows-1252",
        skip_lines=1,
        is_newest_first=True,
    ),
)
KNOWN = (EUR, JPY, USD, CSV)


def entry(day: str, amount: str, sign: str = "CRDT", text: str = "STRIPE PO_1", *, status: str = "BOOK") -> str:
    """One booking of CAMT.053."""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>B-{day}-{amount}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Stripe</Nm>"
        f"</Pty></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt053(*entries: str, opening: str, closing: str, since: str, until: str, currency: str = "EUR") -> bytes:
    """A statement of bank/main."""
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        for kind, amount, day in (("OPBD", opening, since), ("CLBD", closing, until))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
        f"<BkToCstmrStmt><Stmt><Id>S-{since}</Id><FrToDt><FrDtTm>{since}T00:00:00</FrDtTm>"
        f"<ToDtTm>{until}T23:59:59</ToDtTm></FrToDt><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
        f"{balances}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


MARCH = camt053(
    entry("2026-03-02", "100.10"),
    entry("2026-03-03", "2.50", "DBIT", "Gebühr"),
    entry("2026-03-03", "9.99", status="PDNG"),
    opening="1000.00",
    closing="1097.60",
    since="2026-03-01",
    until="2026-03-31",
)
MT940 = """:20:STARTUMS
:25:37040044/0532013000EUR
:28C:00003/001
:60F:C260228EUR1000,00
:61:2603020302C100,10NTRFNONREF//B1
:86:166?00GUTSCHRIFT?20STRIPE PO?21_1?32Stripe Pay?33ments
:61:2603030303DR2,50NMSCFEE-3//B2
Zusatz
:86:Geb\u00fchr
:62F:C260331EUR1097,60
-
"""
BAI2 = """01,BANK,ME,260303,0800,1,,,2/
02,ME,BANK,1,260302,,USD,2/
03,000987654321,USD,010,100000,,,015,109760,,/
16,142,10010,Z,REF1,CUST1,STRIPE PO_1, of
88,March/
16,698,250,V,260303,,REF2,,Fee/
49,220020,6/
98,220020,1,8/
99,220020,1,10/
"""
OFX = """OFXHEADER:100
DATA:OFXSGML
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>JPY<BANKACCTFROM><ACCTID>JP0001234567</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302120000[0:GMT]<TRNAMT>10010<FITID>F1<NAME>Stripe &amp; Co<MEMO>PO_1</STMTTRN>
<STMTTRN><TRNTYPE>FEE<DTPOSTED>20260303<TRNAMT>-250<FITID>F2<NAME>Fee</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>109760<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
CSV_TEXT = """Konto 4711;;;
Buchungstag;Betrag;Text;Saldo
03.03.2026;-2,50;Geb\u00fchr;1.097,60
02.03.2026;100,10;"STRIPE; PO_1";1.100,10
"""


def written(folder: Path, body: bytes | str, name: str = "statement", encoding: str = "utf-8") -> Path:
    """The file, on disk."""
    path = folder / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode(encoding))
    return path
