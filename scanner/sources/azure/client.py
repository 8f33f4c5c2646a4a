"""Reads paths of ARM: one document, or a list of many pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.policies import ContentDecodePolicy, CustomHookPolicy, HeadersPolicy
from azure.core.rest import HttpRequest
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient

from scanner import __version__
from scanner.model import Document
from scanner.sources.azure import wire
from scanner.sources.azure.clouds import Cloud
from scanner.sources.azure.credential import Identity
from scanner.sources.azure.ids import WORKSPACES, subscription_of
from scanner.sources.azure.pipeline import DOCUMENT, Authentication, Guard, Pace, Patience
from scanner.sources.azure.refusal import NOT_OFFERED, Refused, told
from scanner.sources.azure.versions import Versions
from scanner.sources.files.json_text import noun

PROVIDERS = "Microsoft.Resources/providers"

_MOST_PAGES = 20_000
_SAFE = "/-._~!$&'()*+,;=:@"
_NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
_VERSION_CODES = frozenset(
    {
        "invalidapiversionparameter",
        "noregisteredproviderfound",
        "invalidresourcetype",
        "unsupportedapiversion",
        "invalidapiversion",
        "apiversionnotsupported",
        "unsupportedapiversionparameter",
    }
)


class Arm:
    """ARM of one cloud, as one identity sees it.  Safe to use from any thread."""

    def __init__(self, cloud: Cloud, identity: Identity, pace: Pace, *, connections: int) -> None:
        self.cloud = cloud
        self.pace = pace
        self.versions = Versions(lagging=cloud.lags)
        self._identity = identity
        self._wire = wire.transport(cloud.endpoint, connections)
        self._options: dict[str, Any] = {
            "base_url": cloud.endpoint,
            "credential_scopes": [cloud.scope],
            "transport": self._wire,
        }
        self._resources = ResourceManagementClient(
            identity,  # type: ignore[arg-type]  # our own policy asks it for tokens
            _NO_SUBSCRIPTION,
            policies=self._policies(),
            **self._options,
        )
        self._asked: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every connection."""
        self._wire.close()

    def get(self, path: str, kind: str, *, version: str | None = None, query: str = "") -> Document:
        """The document at a path.  ``kind`` is its type, for the api-version.  Raises `Refused`."""
        value = self._versioned(
            kind,
            path,
            lambda chosen: self._send(f"{_quoted(path)}?api-version={chosen}{query}", kind),
            version,
        )
        if not isinstance(value, dict):
            raise Refused(f"the answer is {noun(value)}, not an object", status=200, code="Malformed")
        if "value" not in value:
            _spoken(value)
        return value

    def pages(
        self, path: str, kind: str, *, version: str | None = None, query: str = ""
    ) -> Iterator[list[Any]]:
        """The pages of a list.  Raises `Refused` at the page that cannot be read."""
        page = self.get(path, kind, version=version, query=query)
        yield from self.following(page, kind, {path})

    def following(self, page: Document, kind: str, seen: set[str]) -> Iterator[list[Any]]:
        """The members of a page, and the pages that it links to.  Nothing is read twice."""
        while True:
            yield members(page)
            link = _next(page)
            if not link:
                return
            _follow(link, seen)
            page = self._send(link.replace("{", "%7B").replace("}", "%7D"), kind)
            if not isinstance(page, dict):
                raise Refused(f"a page is {noun(page)}, not an object", status=200, code="Malformed")

    def listed(
        self, path: str, kind: str, *, version: str | None = None, query: str = ""
    ) -> tuple[list[Any], Refused | None]:
        """Everything in a list that could be read, and why not the rest.

        What moves from page to page while they are read, and so stands on both, is there once.
        """
        found: list[Any] = []
        known: dict[str, Any] = {}
        try:
            for page in self.pages(path, kind, version=version, query=query):
                named = [(_called(one), one) for one in page]
                found += [one for name, one in named if name is None or known.get(name) != one]
                known.update((name, one) for name, one in named if name is not None)
        except Refused as refused:
            return found, refused
        return found, None

    def workspaces(self, subscription: str) -> Iterator[list[Any]]:
        """The workspaces of a subscription, page by page, by the operation of the SDK.

        The SDK's models drop the managed network, so the pages are taken raw, on their way in.
        """
        path = f"/subscriptions/{subscription}/providers/{WORKSPACES}"
        return self._versioned_pages(path, lambda version: self._workspaces(subscription, version))

    def provider(self, subscription: str, namespace: str) -> Document:
        """A resource provider as a subscription sees it; what it lists is learnt.  Raises `Refused`."""
        document = self.get(f"/subscriptions/{subscription}/providers/{namespace}", PROVIDERS)
        self.versions.learn(document if "namespace" in document else {**document, "namespace": namespace})
        return document

    def _workspaces(self, subscription: str, version: str) -> Iterator[list[Any]]:
        raw: list[Document] = []
        client = MachineLearningServicesMgmtClient(
            self._identity,  # type: ignore[arg-type]  # our own policy asks it for tokens
            subscription,
            api_version=version,
            policies=self._policies(),
            **self._options,
        )
        pages = client.workspaces.list_by_subscription(
            raw_response_hook=lambda response: raw.append(_taken(response)), kind=WORKSPACES
        ).by_page()
        seen: set[str] = set()
        for _ in pages:
            page = raw.pop()
            yield members(page)
            link = _next(page)
            if link:
                _follow(link, seen)

    def _versioned_pages(self, path: str, read: Callable[[str], Iterator[list[Any]]]) -> Iterator[list[Any]]:
        def begin(version: str) -> tuple[list[list[Any]], Iterator[list[Any]]]:
            pages = read(version)
            first = next(pages, None)
            return ([] if first is None else [first]), pages

        first, rest = self._versioned(WORKSPACES, path, begin, None)
        yield from first
        yield from rest

    def _versioned(self, kind: str, path: str, read: Callable[[str], Any], version: str | None) -> Any:
        """Read in the version of the table; in one that the provider offers where that is refused."""
        chosen = version or self.versions.pick(kind)
        if chosen is None:
            self._ask(kind, path)
            chosen = self.versions.pick(kind)
            if chosen is None:
                raise Refused(f"no version of the API is known for {kind}", status=404, code=NOT_OFFERED)
        try:
            return read(chosen)
        except Refused as refused:
            if version is not None or not _about_version(refused):
                raise
            self._ask(kind, path)
            if self.versions.offers(kind) is False and kind.count("/") == 1:
                raise Refused(refused.detail, status=refused.status, code=NOT_OFFERED) from None
            other = self.versions.replace(kind, chosen)
            if other is None:
                raise
            return read(other)

    def _ask(self, kind: str, path: str) -> None:
        """Ask the provider of a type what it offers, once a run."""
        subscription = subscription_of(path)
        namespace = kind.partition("/")[0]
        if subscription is None or self.versions.offers(kind) is not None:
            return
        with self._lock:
            lock = self._asked.setdefault((subscription, namespace.lower()), threading.Lock())
        with lock:
            if self.versions.offers(kind) is None:
                self.provider(subscription, namespace)

    def _send(self, url: str, kind: str) -> Any:
        caught: list[PipelineResponse[Any, Any]] = []
        self._resources.send_request(
            HttpRequest("GET", url), raw_response_hook=caught.append, kind=_label(kind, url)
        )
        return caught[0].context[DOCUMENT]

    def _policies(self) -> list[Any]:
        return [
            HeadersPolicy({"User-Agent": f"hubscan/{__version__}", "Accept": "application/json"}),
            CustomHookPolicy(),
            Patience(self.pace),
            Guard(self.cloud.host),
            Authentication(self._identity),
        ]


def members(page: Document) -> list[Any]:
    """The members of a page.  Raises `Refused` where it is none."""
    value = page.get("value")
    if not isinstance(value, list):
        _spoken(page)
        raise Refused(f"the page has no list of values but {noun(value)}", status=200, code="Malformed")
    return value


def _called(member: Any) -> str | None:
    """What a member of a list is told from the others by, None where it does not say it."""
    told = member.get("id") or member.get("name") if isinstance(member, dict) else None
    return told if isinstance(told, str) else None


def _taken(response: PipelineResponse[Any, Any]) -> Document:
    """The page that an answer holds; the SDK, whose models know half of it, is left the link alone."""
    value = response.context.pop(DOCUMENT)
    if not isinstance(value, dict):
        raise Refused(f"the answer is {noun(value)}, not an object", status=200, code="Malformed")
    try:
        link = _next(value)
    except Refused:
        # Whoever takes the page is told, once its members are taken.
        link = None
    response.context[ContentDecodePolicy.CONTEXT_NAME] = {"value": [], "nextLink": link}
    return value


def _next(page: Document) -> str | None:
    """The link to the next page, None on the last.

    Raises `Refused` where it is no URL, and where the page says that there is an error beside what it holds.
    """
    _spoken(page)
    links = [page[name] for name in ("nextLink", "@odata.nextLink") if page.get(name) not in (None, "")]
    if not links:
        return None
    link = links[0]
    if not isinstance(link, str):
        raise Refused(f"nextLink is {noun(link)}, not a text", status=200, code="Malformed")
    try:
        urlsplit(link)
    except ValueError:
        raise Refused("nextLink is no URL", status=200, code="Malformed") from None
    return link


def _follow(link: str, seen: set[str]) -> None:
    """Note a link that is followed.  Raises `Refused` where it was before; no server sees a fragment."""
    place = link.partition("#")[0]
    if place in seen or len(seen) > _MOST_PAGES:
        detail = "the pages of the list link to one another in a circle"
        raise Refused(detail, status=200, code="NextLinkLoop")
    seen.add(place)


def _spoken(value: Document) -> None:
    """Raise `Refused` where an answer of status 200 tells of an error."""
    if isinstance(value.get("error"), dict):
        raise told(value["error"])


def _about_version(refused: Refused) -> bool:
    if refused.status not in (400, 404):
        return False
    return (refused.code or "").lower() in _VERSION_CODES


def _quoted(path: str) -> str:
    return quote(path, safe=_SAFE)


def _label(kind: str, url: str) -> str:
    """What a call is counted as: its type, and whether it reads one or lists many."""
    parts = urlsplit(url).path.rstrip("/").split("/providers/")[-1].split("/")
    return f"{kind} ({'get' if len(parts) % 2 else 'list'})"
