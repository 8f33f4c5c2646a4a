"""What every call goes through: read-only guard, pace, patience, token.

These take the place of the SDK's own policies, of which one writes: it registers resource providers.
"""

from __future__ import annotations

import base64
import codecs
import datetime
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseTimeoutError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import HTTPPolicy
from requests.exceptions import SSLError

from scanner.sources.azure import throttle
from scanner.sources.azure.clouds import authority
from scanner.sources.azure.credential import Identity, NoToken
from scanner.sources.azure.ids import subscription_of
from scanner.sources.azure.refusal import Refused, answered
from scanner.sources.azure.scrub import scrubbed
from scanner.sources.files.json_text import BadJSON, parse

DOCUMENT = "hubscan_document"
"""Under this name the context of an answer holds its parsed body."""

LONGEST_WAIT = 60.0
"""Seconds: the most of a Retry-After that is honoured at once."""

_ATTEMPTS = 5
_SILENT_ATTEMPTS = 3
_THROTTLED_ATTEMPTS = 12
_FIRST_WAIT = 0.5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_GRAPH = "/providers/microsoft.resourcegraph/resources"
_CLAIMS = re.compile(r'claims="([^"]+)"')
_OTHER_TENANT = b"InvalidAuthenticationTokenTenant"
_MOVED = frozenset({301, 302, 307, 308})
_REDIRECTS = 4
_DEAD_AFTER = 8
"""So many 401 after one another, each with a token just fetched, mean that the sign-in has ended."""


@dataclass(slots=True)
class Meter:
    """Counts of what went over the wire.  ``calls`` is by kind of what was read."""

    calls: Counter[str] = field(default_factory=Counter)
    throttled: int = 0
    waited: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def total(self) -> int:
        """All calls, repeated ones included."""
        return self.calls.total()


class Guard(HTTPPolicy[Any, Any]):
    """Lets nothing pass but reads of the one host that may have the token."""

    def __init__(self, host: str) -> None:
        self._host = host

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Pass on a read; anything else is `Refused` before a token is near it."""
        message = request.http_request
        for _ in range(_REDIRECTS):
            self._check(message.method, message.url)
            response = self.next.send(request)
            target = response.http_response.headers.get("Location")
            if response.http_response.status_code not in _MOVED or not target:
                return response
            try:
                message.url = urljoin(message.url, target)
            except ValueError:
                break
        raise Refused("the answer redirects to nowhere, or again and again", status=302, code="Redirect")

    def _check(self, method: str, url: str) -> None:
        scheme = url.partition(":")[0].lower()
        host = authority(url)
        if scheme != "https" or host != self._host:
            raise Refused(
                f"a link to {scheme}://{host} is not followed: the token is for {self._host}",
                code="ForeignHost",
            )
        path = urlsplit(url).path
        if method != "GET" and not (method == "POST" and path.lower() == _GRAPH):
            raise Refused(f"{method} {path} is not a read", code="NotARead")


class Authentication(HTTPPolicy[Any, Any]):
    """Adds the token, and fetches another where ARM refuses it."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send with a token, and once more with a new one after a 401."""
        token = self._identity.token()
        request.http_request.headers["Authorization"] = f"Bearer {token}"
        response = self.next.send(request)
        if response.http_response.status_code == 401 and not _elsewhere(response):
            challenge = response.http_response.headers.get("WWW-Authenticate", "")
            fresh = self._identity.renewed(token, _claims(challenge))
            if fresh != token:
                request.http_request.headers["Authorization"] = f"Bearer {fresh}"
                response = self.next.send(request)
        return response


def _elsewhere(response: PipelineResponse[Any, Any]) -> bool:
    """Whether a token was refused because what is asked for is in another tenant: no new one will do."""
    return _OTHER_TENANT in _body(response.http_response)


def _body(answer: Any) -> bytes:
    """What an answer holds, without the byte order mark that some services of Azure put before it."""
    body: bytes = answer.content if hasattr(answer, "content") else answer.body()
    return body.removeprefix(codecs.BOM_UTF8)


def _claims(challenge: str) -> str | None:
    found = _CLAIMS.search(challenge)
    if not found:
        return None
    try:
        return base64.b64decode(found[1] + "==").decode()
    except ValueError:
        return None


class Pace:
    """What all pipelines of a run share: buckets, meter, and how to wait."""

    def __init__(self, wait: throttle.Wait, say: Callable[[str], None] | None = None) -> None:
        self.buckets = throttle.Buckets()
        self.meter = Meter()
        self.wait = wait
        self.say = say
        self._refused = 0

    def signed_in(self, *, accepted: bool) -> None:
        """Note whether a token was accepted.  Raises `NoToken` where it has long not been."""
        self._refused = 0 if accepted else self._refused + 1
        if self._refused >= _DEAD_AFTER:
            raise NoToken(f"cannot sign in to Azure: ARM refused the token {self._refused} times in a row")


class Patience(HTTPPolicy[Any, Any]):
    """Waits for its turn, and tries again what may succeed later.

    An answer that is passed on has status 200 and a JSON body; anything else is `Refused`.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Send until there is an answer, or no hope for one."""
        parts = urlsplit(request.http_request.url)
        kind = request.context.options.pop("kind", None) or parts.path
        bucket = self._pace.buckets.of(subscription_of(parts.path))
        attempt = 0
        while True:
            attempt += 1
            waited = bucket.take(self._pace.wait)
            with self._pace.meter.lock:
                self._pace.meter.calls[kind] += 1
                self._pace.meter.waited += waited
            refused: Refused | None
            most = _ATTEMPTS
            try:
                response = self.next.send(request)
            except AzureError as error:
                refused, again, pause = _unanswered(error), not _untrusted(error), None
                most = _SILENT_ATTEMPTS if isinstance(error, ServiceResponseTimeoutError) else _ATTEMPTS
            else:
                refused, again, pause = self._judged(request, response, bucket)
            finally:
                bucket.give_back()
            if refused is None:
                return response
            throttled = refused.status == 429
            if not again or attempt >= (_THROTTLED_ATTEMPTS if throttled else most):
                raise refused
            if throttled:
                with self._pace.meter.lock:
                    self._pace.meter.throttled += 1
                bucket.pause(_backoff(attempt) if pause is None else max(pause, 0.2))
            else:
                self._pace.wait(_backoff(attempt) if pause is None else max(pause, _backoff(1)))

    def _judged(
        self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any], bucket: throttle.Bucket
    ) -> tuple[Refused | None, bool, float | None]:
        """Why an answer is none, whether to ask again, and after how many seconds ARM wants that."""
        answer = response.http_response
        status: int = answer.status_code
        parts = urlsplit(request.http_request.url)
        if self._pace.say is not None:
            self._pace.say(f"{request.http_request.method} {parts.path}: {status}")
        left = throttle.remaining(answer.headers)
        if left is not None:
            bucket.learn(left)
        body = _body(answer)
        self._pace.signed_in(accepted=status != 401 or _OTHER_TENANT in body)
        if status == 200:
            try:
                response.context[DOCUMENT] = parse(body)
            except BadJSON as error:
                page = body.lstrip()[:1] == b"<"
                what = "HTML, not JSON: is this an ARM endpoint?" if page else f"malformed ({error})"
                return Refused(f"the answer is {what}", status=200, code="Malformed"), not page, None
            return None, False, None
        return answered(status, body, parts.path), status in _AGAIN, _retry_after(answer.headers)


def _backoff(attempt: int) -> float:
    return float(min(_FIRST_WAIT * 2 ** (attempt - 1), 15.0) * random.uniform(0.6, 1.2))  # noqa: S311 - jitter


def _retry_after(headers: Any) -> float | None:
    """The seconds that an answer asks to wait, at most `LONGEST_WAIT`; None where it does not."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = str(headers.get(name) or "").strip()
        try:
            seconds = float(value) * unit
        except ValueError:
            try:
                at = parsedate_to_datetime(value)
                seconds = (at - datetime.datetime.now(datetime.UTC)).total_seconds()
            except (ValueError, TypeError):
                continue
        if seconds == seconds:  # noqa: PLR0124 - NaN is no number of seconds
            return min(max(seconds, 0.0), LONGEST_WAIT)
    return None


def _untrusted(error: AzureError) -> bool:
    return isinstance(error, ServiceRequestError) and isinstance(error.inner_exception, SSLError)


def _unanswered(error: AzureError) -> Refused:
    if _untrusted(error):
        return Refused(
            "the certificate of the endpoint is not trusted: name its authority in REQUESTS_CA_BUNDLE",
            code="UntrustedCertificate",
        )
    return Refused(f"no answer: {scrubbed(str(error))[:300]}", code=type(error).__name__)
