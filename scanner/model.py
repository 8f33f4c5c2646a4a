"""The values that rooms pass to one another: gap, place, hub, policy card, finding, report.

Every type here is plain data, frozen, and says in one line what it means.  The names of the fields
are those of the JSON result (contract section 4), so that a reporter writes what it reads.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Protocol

from scanner.records import dataclass

Document = dict[str, Any]
"""A JSON object as a source read it.  Nobody writes into one."""


class Severity(enum.StrEnum):
    """How bad a failing policy is.  One severity a policy."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical up to 4 for info: sorts the worst first."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Verdict(enum.StrEnum):
    """What a policy says of a hub, or of one member of it."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    SKIP = "skip"

    @property
    def rank(self) -> int:
        """0 for fail up to 4 for skip: where two verdicts meet on one thing, the lower rank stays."""
        return _VERDICT_RANK[self]


_VERDICT_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}

AGAINST = frozenset({Verdict.FAIL, Verdict.UNKNOWN})
"""The verdicts that something is said against, which an exemption may cover."""

LISTED = AGAINST | {Verdict.EXEMPT}
"""The verdicts that reports list one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that was asked for and could not be read.

    ``reason`` is one of forbidden (403), missing (404, or cut off), failed (any other error) and
    unresolved (code whose value no static reader can decide).  ``hub`` is the ARM id of the hub the
    gap belongs to, None for a gap of the whole scan.
    """

    subject: str
    reason: str
    status: int | None = None
    code: str | None = None
    detail: str | None = None
    hub: str | None = None


def gap_order(gap: Gap) -> tuple[str, str, str, str]:
    """What gaps are sorted by in a report."""
    return (gap.hub or "", gap.subject, gap.reason, gap.detail or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A region of one file: ``line`` and ``column`` count from 1."""

    path: str
    line: int
    column: int
    end_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """The file of a finding as its repository knows it.

    ``path`` is seen from the root of the repository; outside of any it is the path as it was given.
    ``line_hash`` is how GitHub recognises the finding's line (`scanner.locations.line_hash`), None where
    the file cannot be read.
    """

    path: str
    line_hash: str | None = None


class Locations(Protocol):
    """Says where values of a document stand in files."""

    def of(self, container: Any, key: str | int | None = None) -> Place | None:
        """Where the value of a key stands (None: the container itself); None where nobody knows."""
        ...

    def origin(self, container: Any, key: str | int | None = None) -> Place | None:
        """Where the value was written, where that is not where it stands."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRef:
    """Which hub a finding is about.  ``id`` is the ARM id, or a stable stand-in where there is none."""

    id: str
    name: str
    kind: str
    subscription_id: str | None = None
    resource_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRule:
    """One outbound rule of a hub, as a report shows it.

    ``type`` is FQDN, ServiceTag or PrivateEndpoint, None where it is not known; ``origin`` who made it: user,
    connection or platform.  ``destination`` are the hosts, the tag with protocol and ports, or the resource
    with its subresource, ``…`` where a part of one is not known.  ``breadth`` is the class in which a rule
    opens more than one owner's things (`scanner.egress`), None where it does not.
    """

    name: str
    type: str | None
    origin: str
    destination: tuple[str, ...] = ()
    status: str | None = None
    breadth: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """What code on a hub may reach, as far as its outbound rules tell.

    ``isolation_mode`` is as ARM spells it, None where it is not known.  ``firewall_sku`` is the SKU of the
    Azure Firewall that is there or will be, ``unknown`` where nobody can tell, None for no firewall.
    ``rules`` are at most `scanner.egress.MOST` of them, the users' first; ``totals`` counts all of them by
    type.  ``doubt`` says why there may be others.
    """

    isolation_mode: str | None
    firewall_sku: str | None = None
    rules: tuple[OutboundRule, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    doubt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HubEntry(HubRef):
    """A hub in the list of a report.  ``egress`` is None where nobody asked for it.

    ``live`` tells evidence of the platform from evidence of code.
    """

    egress: Egress | None = None
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One workspace as a source read it, ready to be judged.

    ``document`` is the contract's hub (section 2).  ``live`` tells evidence of the platform from
    evidence of code: what only Azure can show is judged on live hubs only.  ``path`` is the file it
    came from, None where it was collected from Azure.  ``places`` says where the values of the document
    stand, None where they stand in no file that people edit.
    """

    ref: HubRef
    document: Document
    live: bool = True
    path: str | None = None
    gaps: tuple[Gap, ...] = ()
    places: Locations | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A page to read about a policy."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control of a framework that a policy gives evidence for."""

    framework: str
    version: str
    control: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCard:
    """What a reader needs to know of a policy: its metadata, without its expressions.

    ``remediation`` maps the forms ``text azure_cli azureml_yaml bicep terraform`` to text in which
    ``<hub>``, ``<resource-group>``, ``<subscription>`` and ``<rule>`` stand for names.
    """

    id: str
    title: str
    severity: Severity
    category: str
    description: str
    applies_to: tuple[str, ...] = ("Hub",)
    remediation: Mapping[str, str] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    controls: tuple[Control, ...] = ()
    yields_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """The exemption that covers a finding, as the configuration states it."""

    policy: str
    hub: str
    item: str | None
    category: str
    justification: str
    approved_by: str | None = None
    ticket: str | None = None
    expires: str | None = None

    @property
    def decision(self) -> str:
        """Until when it holds, who decided that, and why: a clause."""
        until = [f"until {self.expires}"] if self.expires else []
        who = f"{self.category} approved by {self.approved_by}" if self.approved_by else self.category
        ticket = [self.ticket] if self.ticket else []
        return f"{', '.join([*until, who, *ticket])}: {self.justification}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One verdict on one thing (contract section 4).

    ``item`` is the member of the hub that was judged (a rule's name), None for the hub itself.
    ``evidence`` holds the values the verdict rests on, ``reason`` why it is unknown.  ``fingerprint``
    depends on policy, hub and item alone.  ``artifact`` is None where ``location`` is.
    """

    policy: str
    title: str
    severity: Severity
    verdict: Verdict
    message: str
    hub: HubRef
    item: str | None
    fingerprint: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    remediation: Mapping[str, str] = field(default_factory=dict)
    location: Place | None = None
    baseline: str | None = None
    exemption: Exemption | None = None
    artifact: Artifact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """One source of a scan: its kind (snapshot, api, ...), its path as given, and how many hubs it held."""

    kind: str
    path: str
    hubs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of a whole scan.

    ``verdicts`` counts every verdict; ``failing`` and ``unknown`` count those two by severity.  A
    policy that passes or is skipped counts once a hub; a failing one once for each finding.
    """

    hubs: int
    policies: int
    verdicts: Mapping[Verdict, int]
    failing: Mapping[Severity, int]
    unknown: Mapping[Severity, int]
    gaps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is different between two states of a hub.

    ``item`` is a rule's name or a property of the managed network, None for the hub as a whole.
    ``change`` is added, removed, widened, narrowed, changed or unknown.  ``opens`` and ``closes`` are the
    hosts, service tags and resources that a rule reaches now and did not before, and the other way
    round; ``type`` and ``origin`` are the rule's.  ``detail`` says in words what else there is to say.
    """

    hub: HubRef
    item: str | None
    change: str
    type: str | None = None
    origin: str | None = None
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Which share of a scan a report holds, and what tells whether others are of the same scan.

    ``index`` counts from 1 to ``count``.  ``basis`` is a digest of all that the verdicts rest on but
    the hubs.  ``repeated`` are the ids of hubs that were there more than once, ``idle`` those of the
    report's notices that speak of an exemption without a finding: in another shard it may have one.
    """

    index: int
    count: int
    basis: str
    repeated: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What is different from an earlier state, or an earlier result.

    ``sources`` are what was compared with, as it was named, and ``before`` is how many findings failed
    there.  ``new`` and ``new_unknown`` count the failing
    and the unknown findings by severity that are not there, ``known`` the failing ones that are.
    ``fixed`` counts findings that are there alone and would still be found: their hub was read, and
    their policy judged it; ``unjudged`` counts those of which nobody knows.  ``findings`` are the fixed
    ones, the first 1,000 of them.
    """

    sources: tuple[str, ...]
    before: int
    new: Mapping[Severity, int]
    new_unknown: Mapping[Severity, int]
    known: int
    fixed: int
    unjudged: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """The findings of one day: ``open`` by severity, and how many are ``new`` and ``fixed`` since the last.

    ``day`` is YYYY-MM-DD.
    """

    day: str
    open: Mapping[Severity, int]
    new: int
    fixed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLast:
    """What a scan changed in a history.  ``before`` is the time of the scan before it of any of its hubs.

    ``held`` counts what stays open because nobody looked, or because the answer is not known.
    """

    before: str
    new: int
    reopened: int
    fixed: int
    gone: int
    exempted: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """How open findings went over time, the oldest point first."""

    points: tuple[TrendPoint, ...]
    since_last: SinceLast | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that was read: the SHA-256 of a file, or of what was read of a subscription.

    ``path`` is that of the file from the root of its repository (outside of any, as it was given), or
    ``/subscriptions/ID``.
    """

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """What a result rests on, each as 64 hexadecimal digits (`scanner.digests`).

    ``policies`` is of the program's version, policies, parameters, exemptions and reference data in force,
    ``inputs`` of everything that was ``read``, which is sorted by path.
    """

    policies: str
    inputs: str
    read: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A finished scan.

    ``hubs`` and ``findings`` can be iterated any number of times, are sorted, and may be larger than
    memory: a reporter that can stream must not turn them into a list.  ``complete`` is False where
    anything that was asked for is missing from the picture (then ``gaps`` says what).  ``notices``
    are sentences about the scan itself, such as an exemption that has expired.  ``shard`` is None for
    a whole scan.  ``changes`` is what a comparison of two states found different, None where there was
    none.  ``baseline`` is None where findings were compared with no earlier ones.  ``trend`` is what a
    history tells, None where none was given.  ``scope`` is what was asked to be read of Azure, None where
    nothing was.  ``digests`` is None for a result of a version that computed none.
    """

    tool_version: str
    started_at: str
    finished_at: str
    sources: tuple[SourceNote, ...]
    complete: bool
    summary: Summary
    policies: tuple[PolicyCard, ...]
    hubs: Iterable[HubEntry]
    findings: Iterable[Finding]
    gaps: tuple[Gap, ...]
    notices: tuple[str, ...] = ()
    shard: Shard | None = None
    changes: tuple[Change, ...] | None = None
    baseline: Baseline | None = None
    trend: Trend | None = None
    scope: Mapping[str, Any] | None = None
    digests: Digests | None = None

    def card(self, policy_id: str) -> PolicyCard:
        """The card of a policy of this report.  Raises KeyError for any other id."""
        for card in self.policies:
            if card.id == policy_id:
                return card
        raise KeyError(policy_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What things cost a month, as the configuration says: a firewall by its SKU, a private endpoint."""

    currency: str
    firewall: Mapping[str, float] = field(default_factory=dict)
    private_endpoint: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """Whose report it is.  ``logo`` is an image as a ``data:`` URI."""

    title: str | None = None
    organisation: str | None = None
    contact: str | None = None
    logo: str | None = None
    prices: Prices | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How text may look where it is going: colour, width in columns, and whether a person watches.

    ``branding`` is for formats that show whose report it is.  ``templates`` are texts in place of the
    bundled templates of the same name (``html/page.html``).
    """

    color: bool = False
    width: int = 100
    terminal: bool = False
    branding: Branding = field(default_factory=Branding)
    templates: Mapping[str, str] = field(default_factory=dict)
