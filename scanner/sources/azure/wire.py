"""The connections to ARM: one pool for all clients, finite timeouts, nothing followed, nothing retried."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

CONNECT_SECONDS = 10
SILENCE_SECONDS = 40
WHOLE_SECONDS = 180
"""For an answer that comes drop by drop."""

LARGEST = 256 << 20
"""Bytes of an answer, unpacked."""

_CHUNK = 1 << 16


class _Deadline(HTTPAdapter):
    """Gives up an answer that takes too long as a whole, or is larger than any real one."""

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        response = super().send(*arguments, **options)
        raw = response.raw
        until = time.monotonic() + WHOLE_SECONDS

        def stream(_amount: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: FBT001 - urllib3's signature
            size = 0
            while chunk := raw.read1(_CHUNK, decode_content=decode_content):
                size += len(chunk)
                if size > LARGEST:
                    raise requests.exceptions.ContentDecodingError(f"more than {LARGEST >> 20} MiB")
                if time.monotonic() > until:
                    raise requests.exceptions.ReadTimeout(f"not complete after {WHOLE_SECONDS} seconds")
                yield chunk

        if hasattr(raw, "read1"):
            raw.stream = stream  # type: ignore[method-assign]  # the one place where every reader passes
        return response


def transport(endpoint: str, connections: int) -> RequestsTransport:
    """The transport that all clients share.

    What the environment says of proxies and certificates is looked up once: requests would look it up
    for each call.
    """
    session = requests.Session()
    session.trust_env = False
    session.proxies.update(get_environ_proxies(endpoint, no_proxy=None))
    session.mount("https://", _Deadline(pool_connections=4, pool_maxsize=connections, max_retries=0))
    return RequestsTransport(
        session=session,
        session_owner=True,
        use_env_settings=False,
        connection_timeout=CONNECT_SECONDS,
        read_timeout=SILENCE_SECONDS,
        connection_verify=_authorities(),
    )


def _authorities() -> str | bool:
    """The file or folder of trusted certificates that the environment names; else certifi's."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name)
        if path and os.path.exists(path):  # noqa: PTH110 - what is no valid path at all does not exist
            return path
    return True
