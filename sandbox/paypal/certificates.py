"""The certificate that signs the stand-in's webhooks, and the root that it leads back to; made anew at each start."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "messageverificationcerts.paypal.com"
LIVES = timedelta(days=400)


@dataclass(frozen=True)
class Signer:
    """A key, and its certificate with the root behind it as PEM."""

    key: rsa.RSAPrivateKey
    chain: bytes
    root: x509.Certificate


@cache
def signer(host: str = HOST, *, lives: timedelta = LIVES, since: timedelta = timedelta(days=1)) -> Signer:
    """A new key with a certificate of `host`, valid from `since` ago for `lives`."""
    root_key, key = (rsa.generate_private_key(public_exponent=65_537, key_size=2048) for _ in range(2))
    begins = datetime.now(UTC) - since
    root = _certificate(_name("Sandbox root"), _name("Sandbox root"), root_key, root_key, begins, lives, None)
    leaf = _certificate(_name(host), _name("Sandbox root"), key, root_key, begins, lives, host)
    chain = leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)
    return Signer(key, chain, root)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer_key: rsa.RSAPrivateKey,
    begins: datetime,
    lives: timedelta,
    host: str | None,
) -> x509.Certificate:
    is_root = host is None
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lives)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(_usage(is_root), critical=True)
    )
    if host is not None:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return built.sign(issuer_key, SHA256())


def _usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=not is_root,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )
