"""What tells whom a process believes: the certificate authorities, read once.

Every httpx client reads the whole bundle again unless it is given a context, which costs 40 ms and a megabyte each,
also where it only ever speaks plain HTTP to this machine.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def shared_context() -> ssl.SSLContext:
    """httpx's own default: certifi's authorities, or those that SSL_CERT_FILE or SSL_CERT_DIR name."""
    return httpx.create_ssl_context()
