"""The connections to ARM: one pool for all clients, finite timeouts, nothing followed, nothing retried."""

from __future__ import annotations

import http.client
import io
import os
import time
from collections.abc import Iterator
from typing import Any

import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3 import connectionpool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ReadTimeoutError

CONNECT_SECONDS = 10
SILENCE_SECONDS = 40
WHOLE_SECONDS = 180
"""For an answer that comes drop by drop."""

LARGEST = 256 << 20
"""Bytes of an answer, unpacked."""

_CHUNK = 1 << 16


class _TooLong(TimeoutError):  # noqa: N818 - reads as what it says
    """An answer has taken too long as a whole."""


class _Timed(io.RawIOBase):
    """What comes in on a connection, until an answer has taken too long as a whole.

    A timeout of the socket is one of silence: it begins anew with each byte.
    """

    def __init__(self, connected: Any) -> None:
        self._incoming = connected.makefile("rb", buffering=0)
        self._until = time.monotonic() + WHOLE_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        if time.monotonic() > self._until:
            raise _TooLong(f"not complete after {WHOLE_SECONDS} seconds")
        return self._incoming.readinto(buffer)

    def close(self) -> None:
        self._incoming.close()
        super().close()


class _Incoming:
    """A connection as an answer sees it: something to read from."""

    def __init__(self, connected: Any) -> None:
        self._connected = connected

    def makefile(self, *_: Any) -> io.BufferedReader:
        """What is read from."""
        return io.BufferedReader(_Timed(self._connected))


class _Answer(http.client.HTTPResponse):
    """An answer, of the endpoint or of a proxy before it, head and all of which must come in time."""

    def __init__(self, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(_Incoming(sock), *arguments, **options)  # type: ignore[arg-type]  # it reads, no more


class _Connection(HTTPSConnection):
    response_class = _Answer


class HTTPSConnectionPool(connectionpool.HTTPSConnectionPool):
    """The library's, whose name stands in messages, with connections of ours."""

    ConnectionCls = _Connection


_POOLS = {"http": connectionpool.HTTPConnectionPool, "https": HTTPSConnectionPool}


class _Deadline(HTTPAdapter):
    """Gives up an answer that takes too long as a whole, or is larger than any real one."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send(self, *arguments: Any, **options: Any) -> requests.Response:
        try:
            response = super().send(*arguments, **options)
        except requests.exceptions.ReadTimeout as error:
            raise _told(error) from None
        raw = response.raw

        def stream(_amount: int | None = None, decode_content: bool | None = None) -> Iterator[bytes]:  # noqa: FBT001 - urllib3's signature
            size = 0
            try:
                while chunk := raw.read1(_CHUNK, decode_content=decode_content):
                    size += len(chunk)
                    if size > LARGEST:
                        raise requests.exceptions.ContentDecodingError(f"more than {LARGEST >> 20} MiB")
                    yield chunk
            except ReadTimeoutError as error:
                raise _told(error) from None

        if hasattr(raw, "read1"):
            raw.stream = stream  # type: ignore[method-assign]  # the one place where every reader passes
        return response


def _told(error: BaseException) -> requests.exceptions.ReadTimeout:
    """A timeout that says which of the two it was: of silence, or of the whole."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, _TooLong):
        cause = cause.__cause__ or cause.__context__
    return requests.exceptions.ReadTimeout(str(cause or error))


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
