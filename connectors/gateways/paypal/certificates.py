"""The certificate with which PayPal signs webhooks: where it may come from, whom it leads back to, how long it lasts.

Source: https://developer.paypal.com/api/rest/webhooks, "Verify webhook signature"; the address is taken from a header,
so anybody can write it: only PayPal's hosts are ever asked, and only for this.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import httpx
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from connectors.errors import BadSignature, Unavailable

PATH = "/v1/notifications/certs/"
LONGEST = 65_536
KEPT = 16
LOCAL = "127.0.0.1"

Fetch = Callable[[str], bytes]


class Certificates:
    """Certificates that were checked, by their address. `now` decides each time whether one still lasts."""

    def __init__(self, fetch: Fetch | None = None, *, roots: list[x509.Certificate] | None = None) -> None:
        self._fetch = fetch or download
        self._roots = roots
        self._known: dict[str, x509.Certificate] = {}
        self._lock = threading.Lock()

    def at(self, address: str, api_base: str, now: datetime) -> x509.Certificate:
        """The checked certificate. Raises BadSignature, or Unavailable where it cannot be fetched now."""
        is_local = check_address(address, api_base)
        with self._lock:
            known = self._known.get(address)
        if known is not None and known.not_valid_before_utc <= now < known.not_valid_after_utc:
            return known
        chain = _read(self._fetch(address))
        self._check(chain, is_local, now)
        with self._lock:
            while len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[address] = chain[0]
        return chain[0]

    def _check(self, chain: list[x509.Certificate], is_local: bool, now: datetime) -> None:
        """The stand-in brings its own root; nobody else's is taken for PayPal."""
        roots = chain[-1:] if is_local else self._roots or list(public_roots())
        host = _host_of(chain[0])
        if not is_local and not host.endswith(".paypal.com"):
            raise BadSignature("The certificate is not PayPal's.")
        verifier = PolicyBuilder().store(Store(roots)).time(now).build_server_verifier(x509.DNSName(host))
        try:
            verifier.verify(chain[0], chain[1:])
        except VerificationError:
            raise BadSignature("The certificate has expired, or leads back to nobody that is trusted.") from None


def check_address(address: str, api_base: str) -> bool:
    """Whether the address is the stand-in's (True) or PayPal's (False). Raises BadSignature for any other."""
    try:
        parts, base = urlsplit(address), urlsplit(api_base)
        port = parts.port
    except ValueError:
        raise BadSignature("The address of the certificate is no address.") from None
    is_plain = parts.path.startswith(PATH) and ".." not in parts.path and "@" not in parts.netloc and not parts.query
    if base.hostname == LOCAL:
        if is_plain and (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
            return True
    elif is_plain and parts.scheme == "https" and port in {None, 443} and _is_paypal(parts.hostname):
        return False
    raise BadSignature("The address of the certificate is not PayPal's.")


def download(address: str) -> bytes:
    """Fetch without following anything elsewhere. Raises Unavailable."""
    try:
        with httpx.stream("GET", address, timeout=10.0, follow_redirects=False) as answer:
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > LONGEST:
                    raise BadSignature("The certificate is larger than any certificate.")
    except httpx.HTTPError as error:
        raise Unavailable(f"PayPal's certificate cannot be fetched now ({type(error).__name__}).") from None
    if answer.status_code >= 500:
        raise Unavailable(f"PayPal's certificate cannot be fetched now (HTTP {answer.status_code}).")
    if answer.status_code != 200:
        raise BadSignature(f"There is no certificate at its address (HTTP {answer.status_code}).")
    return body


@cache
def public_roots() -> tuple[x509.Certificate, ...]:
    """The authorities that browsers trust."""
    pem = Path(certifi.where()).read_bytes()
    found = []
    for part in pem.split(b"-----BEGIN CERTIFICATE-----")[1:]:
        with warnings.catch_warnings(), suppress(ValueError):
            # One of them has a serial number that the standard forbids; without it PayPal's is found all the same.
            warnings.simplefilter("ignore")
            found.append(x509.load_pem_x509_certificate(b"-----BEGIN CERTIFICATE-----" + part))
    return tuple(found)


def _is_paypal(host: str | None) -> bool:
    return host is not None and host.endswith(".paypal.com")


def _read(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise BadSignature("There is no certificate at its address.") from None


def _host_of(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        raise BadSignature("The certificate names no host.") from None
    hosts = names.get_values_for_type(x509.DNSName)
    if not hosts:
        raise BadSignature("The certificate names no host.")
    return hosts[0]
