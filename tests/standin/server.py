"""The server: TLS for ARM, plain HTTP for the identity endpoint, both on the loopback."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from standin import certificate
from standin.estate import Estate
from standin.faults import Fault, error


@dataclass
class Budget:
    """ARM's token bucket of a subscription: how many reads, and how many more each second."""

    size: float = 250
    rate: float = 25
    left: float = 250
    at: float = field(default_factory=time.monotonic)

    def take(self) -> int | None:
        """What is left after one read, None where there was nothing left."""
        now = time.monotonic()
        self.left = min(self.size, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return None
        self.left -= 1
        return int(self.left)


@dataclass(frozen=True)
class Seen:
    """One request that arrived."""

    method: str
    url: str
    authorized: bool
    status: int
    agent: str = ""


class StandIn:
    """Answers from an estate until it is stopped.  Everything may be changed while it runs."""

    def __init__(
        self,
        estate: Estate,
        *,
        page: int = 10,
        latency: float = 0.0,
        budget: tuple[float, float] | None = None,
    ) -> None:
        self.estate = estate
        self.page = page
        self.latency = latency
        self.budget = budget
        self.faults: list[Fault] = []
        self.versions: dict[str, list[str]] = {}
        self.by_version: dict[str, Callable[[str], Any]] = {}
        self.links: Callable[[str], str] = str
        self.seen: list[Seen] = []
        self.tokens: list[str] = []
        self.claims: dict[str, str] = {}
        self.forms: list[dict[str, str]] = []
        self.assertions: list[str] = []
        self.token_lifetime = 3600
        self.token_fails = False
        self.tokens_left: int | None = None
        self.revoke_after: int | None = None
        self.revoked: set[str] = set()
        self.environment: dict[str, str] = {}
        self.url = ""
        self._budgets: dict[str, Budget] = {}
        self._header = secrets.token_hex(8)
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()

    def tally(self) -> dict[int, int]:
        """How many answers there were of each status."""
        counts: dict[int, int] = {}
        for one in self.seen:
            counts[one.status] = counts.get(one.status, 0) + 1
        return counts

    @contextlib.contextmanager
    def running(self) -> Iterator[StandIn]:
        """Serve from a thread of its own."""
        with tempfile.TemporaryDirectory(prefix="standin-") as folder:
            ready = threading.Event()
            thread = threading.Thread(target=self._serve, args=(Path(folder), ready), daemon=True)
            thread.start()
            ready.wait(20)
            try:
                yield self
            finally:
                self._loop.call_soon_threadsafe(self._loop.stop)
                thread.join(10)
                self._loop.close()

    def _serve(self, folder: Path, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        trusted, served = certificate.write(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(served)
        self._loop.set_exception_handler(lambda *_: None)

        async def start() -> list[asyncio.Server]:
            arm = await asyncio.start_server(self._arm, "127.0.0.1", 0, ssl=context, limit=1 << 20)
            identity = await asyncio.start_server(self._identity, "127.0.0.1", 0)
            return [arm, identity]

        arm, identity = self._loop.run_until_complete(start())
        self.url = f"https://127.0.0.1:{arm.sockets[0].getsockname()[1]}"
        self.environment = {
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{identity.sockets[0].getsockname()[1]}/msi/token",
            "IDENTITY_HEADER": self._header,
            "REQUESTS_CA_BUNDLE": str(trusted),
            "SSL_CERT_FILE": str(trusted),
        }
        ready.set()
        self._loop.run_forever()
        for server in (arm, identity):
            server.close()
        self._loop.run_until_complete(self._end())

    async def _end(self) -> None:
        """Cut every connection, and wait until all that serve one have noticed."""
        for writer in self._writers:
            writer.transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    async def _identity(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        while (request := await _request(reader)) is not None:
            _, url, headers, _ = request
            if headers.get("x-identity-header") != self._header:
                _write(writer, 401, {"error": "no identity header"})
            elif self.token_fails or self.tokens_left == 0:
                _write(writer, 400, {"error": "invalid_request", "error_description": "the identity is gone"})
            else:
                if self.tokens_left is not None:
                    self.tokens_left -= 1
                self.tokens.append(self._token())
                resource = parse_qs(urlsplit(url).query).get("resource", [""])[0]
                expires = str(int(time.time()) + self.token_lifetime)
                body = {"access_token": self.tokens[-1], "expires_on": expires, "resource": resource}
                _write(writer, 200, {**body, "token_type": "Bearer"})
            await writer.drain()
        writer.close()
        self._writers.discard(writer)

    async def _arm(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while (request := await _request(reader)) is not None:
                method, url, headers, content = request
                signed_in = self._sign_in(method, url, headers, content)
                if signed_in is not None:
                    _write(writer, *signed_in)
                    continue
                if self.latency:
                    await asyncio.sleep(self.latency)
                if not await self._answer(writer, method, url, headers):
                    break
        writer.close()
        self._writers.discard(writer)

    def _token(self) -> str:
        """A new token: of no form, unless it is to make claims."""
        if not self.claims:
            return f"token-{len(self.tokens)}-{secrets.token_hex(16)}"
        parts = (json.dumps(part).encode() for part in ({"typ": "JWT", "alg": "none"}, self.claims))
        encoded = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        return ".".join((*encoded, secrets.token_hex(16)))

    def _sign_in(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, Any] | None:
        """What Entra and GitHub answer at a sign-in; None for what is asked of ARM."""
        parts = urlsplit(url)
        if parts.path.endswith("/.well-known/openid-configuration"):
            tenant = f"{self.url}/{parts.path.split('/')[1]}"
            return 200, {
                "issuer": f"{tenant}/v2.0",
                "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
                "token_endpoint": f"{tenant}/oauth2/v2.0/token",
            }
        if parts.path.endswith("/oauth2/v2.0/token") and method == "POST":
            self.forms.append({key: values[0] for key, values in parse_qs(body.decode()).items()})
            self.tokens.append(self._token())
            answer = {
                "access_token": self.tokens[-1],
                "token_type": "Bearer",
                "expires_in": self.token_lifetime,
            }
            return 200, answer
        if parts.path == "/github-oidc":
            if headers.get("authorization") != "bearer github-job-secret":
                return 403, {"message": "not this job"}
            self.assertions.append(f"assertion-{len(self.assertions)}")
            return 200, {"value": self.assertions[-1], "count": 1}
        return None

    async def _answer(
        self, writer: asyncio.StreamWriter, method: str, url: str, headers: dict[str, str]
    ) -> bool:
        """Answer a request; False where the connection is to be cut."""
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if self.revoke_after is not None and len(self.seen) >= self.revoke_after:
            self.revoked, self.revoke_after = set(self.tokens), None
        authorized = token in self.tokens and token not in self.revoked
        status, body, extra = self._judge(method, url, authorized=authorized)
        fault = next((one for one in self.faults if one.strikes(url)), None) if status == 200 else None
        if fault is not None and fault.kind == "status":
            status, body = error(fault.status, fault.code, fault.message)
            extra = extra | fault.headers
        self.seen.append(Seen(method, url, authorized, status, headers.get("user-agent", "")))
        if fault is None or fault.kind == "status":
            _write(writer, status, body, extra)
        elif fault.kind.startswith("drip"):
            await _drip(writer, fault, body)
        else:
            await asyncio.sleep(fault.seconds)
            if not _misbehave(writer, fault, body, url, self.url):
                await writer.drain()
                return False
        await writer.drain()
        return True

    def _judge(self, method: str, url: str, *, authorized: bool) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(url)
        if not authorized:
            challenge = {
                "WWW-Authenticate": 'Bearer authorization_uri="https://login.contoso.com", error="invalid_token"'
            }
            return *error(401, "ExpiredAuthenticationToken", "The access token has expired."), challenge
        if method != "GET":
            return *error(405, "MethodNotAllowed", f"{method} is not a read"), {}
        extra = {}
        if self.budget is not None:
            key = parts.path.split("/")[2].lower() if parts.path.lower().startswith("/subscriptions/") else ""
            left = self._budgets.setdefault(key, Budget(*self.budget, self.budget[0])).take()
            if left is None:
                return *error(429, "TooManyRequests", "Slow down."), {"Retry-After": "1"}
            extra["x-ms-ratelimit-remaining-subscription-reads"] = str(left)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        refused = self._version(parts.path, query.get("api-version"))
        if refused is not None:
            return *refused, extra
        found = self.by_version.get(query.get("api-version", ""), self.estate.answer)(parts.path)
        if found is None:
            return *error(404, "ResourceNotFound", f"The resource '{parts.path}' was not found."), extra
        if isinstance(found, tuple):
            return *found, extra
        return *self._page(found, parts.path, query), extra

    def _version(self, path: str, version: str | None) -> tuple[int, Any] | None:
        if not version:
            return error(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        for pattern, versions in self.versions.items():
            if path.lower().rstrip("/").endswith(pattern.lower()) and version not in versions:
                return error(400, "InvalidApiVersionParameter", f"The api-version '{version}' is invalid.")
        return None

    def _page(self, found: list[Any], path: str, query: dict[str, str]) -> tuple[int, Any]:
        start = int(query.get("$skiptoken", 0))
        broken = next((one for one in found if isinstance(one, tuple)), None)
        whole = [one for one in found if not isinstance(one, tuple)]
        if broken is not None and start >= len(whole):
            return broken
        body: dict[str, Any] = {"value": whole[start : start + self.page]}
        if start + self.page < len(whole) or broken is not None:
            following = min(start + self.page, len(whole))
            body["nextLink"] = self.links(
                f"{self.url}{quote(path)}?api-version={query['api-version']}&$skiptoken={following}"
            )
        return 200, body


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes] | None:
    """Method, URL, headers and content of the next request; None where there is none."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, url, _ = first.split(" ", 2)
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    headers = {name.lower(): value for name, value in headers.items()}
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    return method, url, headers, content


def _write(writer: asyncio.StreamWriter, status: int, body: Any, extra: dict[str, str] | None = None) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(data)),
        **(extra or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {status} Answer\r\n{head}\r\n".encode())
    for start in range(0, len(data), 1 << 18):
        writer.write(data[start : start + (1 << 18)])


async def _drip(writer: asyncio.StreamWriter, fault: Fault, body: Any) -> None:
    """Answer a byte at a time, from the first one or from the first of the body on."""
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 200 Answer\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
    whole = head.encode() + data
    start = 0 if fault.kind == "drip-head" else len(head)
    writer.write(whole[:start])
    for place in range(start, len(whole)):
        writer.write(whole[place : place + 1])
        await writer.drain()
        await asyncio.sleep(fault.seconds)


def _misbehave(writer: asyncio.StreamWriter, fault: Fault, body: Any, url: str, host: str) -> bool:
    """Answer as a fault says; False where the connection is to be cut."""
    data = json.dumps(body).encode()
    if fault.kind == "truncate":
        head = f"HTTP/1.1 200 Answer\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        writer.write(head.encode() + data[: len(data) // 2])
        return False
    if fault.kind == "drop":
        return False
    if fault.kind == "malformed":
        _write(writer, 200, data[: len(data) // 2])
    elif fault.kind == "html":
        _write(writer, 200, b"<html><body>A portal</body></html>", {"Content-Type": "text/html"})
    elif fault.kind == "redirect":
        _write(writer, 302, {}, {"Location": fault.target})
    elif fault.kind == "loop":
        _write(writer, 200, {**body, "nextLink": f"{host}{url}"})
    elif fault.kind == "foreign":
        _write(writer, 200, {**body, "nextLink": fault.target})
    else:
        _write(writer, 200, body)
    return True
