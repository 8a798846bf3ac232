"""The Ed25519 key pair of the web service and the CLI: made once, the private half readable by its owner only."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PRIVATE = "requests.private.pem"
PUBLIC_SUFFIX = ".public.pem"


def ensure_keys(folder: Path) -> None:
    """Make the pair where there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (folder / PRIVATE).exists():
        return
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / f"requests{PUBLIC_SUFFIX}").write_bytes(public)
    descriptor = os.open(folder / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
        os.fsync(file.fileno())


def private_key(folder: Path) -> Ed25519PrivateKey:
    """The key that signs requests and approvals; for the web service and the CLI only."""
    key = load_pem_private_key((folder / PRIVATE).read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{folder / PRIVATE} is not an Ed25519 key; delete it and start again.")
    return key


def public_keys(folder: Path) -> tuple[Ed25519PublicKey, ...]:
    """Every key whose signatures count; put an old public key beside the new one to let it run out."""
    keys = [load_pem_public_key(path.read_bytes()) for path in sorted(folder.glob(f"*{PUBLIC_SUFFIX}"))]
    return tuple(key for key in keys if isinstance(key, Ed25519PublicKey))
