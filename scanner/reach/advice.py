"""What rule would open what no rule opens, and the command that adds it."""

from __future__ import annotations

import shlex

from scanner.functions.ids import arm_id
from scanner.functions.tokens import Token
from scanner.reach.names import Behind, target_of_service
from scanner.reach.opens import WEB
from scanner.reference import current

_WHERE = "--workspace-name <hub> --resource-group <resource-group> --subscription <subscription>"
_SET = "az ml workspace outbound-rule set --rule"

Advice = tuple[str, str | None]
"""What is needed, and the Azure CLI's command for it, if any; ``<hub>`` and the like stand for names."""


def for_host(wanted: Token, port: int, facts: Behind) -> Advice:
    """What would open a host."""
    if facts.service is not None:
        kind, subresource = target_of_service(facts.service)
        needs = f"a private endpoint rule to the {kind} behind it (an FQDN rule to one is against policy)"
        return needs, _endpoint(f"<id of the {kind}>", subresource)
    if port in WEB and wanted.kind != "ip":
        rule = shlex.quote(wanted.host.replace("*", "any").replace(".", "-"))
        command = f"{_SET} {rule} --type fqdn --destination {shlex.quote(wanted.host)} {_WHERE}"
        return f"an FQDN rule for {wanted.host}", command
    return (
        "a service tag rule with its address, or a private endpoint: FQDN rules open names on 80 and 443",
        None,
    )


def for_tag(tag: str, port: int | None) -> Advice:
    """What would open a service tag."""
    name = shlex.quote(tag.strip())
    rule = shlex.quote(tag.strip().lower().replace(".", "-"))
    ports = 443 if port is None else port
    command = (
        f"{_SET} {rule} --type service_tag --service-tag {name} --protocol TCP --port-ranges {ports} {_WHERE}"
    )
    return (
        f"a service tag rule for {tag}; it opens every tenant's instances, a private endpoint only yours",
        command,
    )


def for_resource(identifier: str) -> Advice:
    """What would open a resource."""
    subresources = _subresources(identifier)
    needs = f"a private endpoint rule to it ({', '.join(subresources) or 'with its subresource'})"
    return needs, _endpoint(identifier, next(iter(subresources), "<subresource>"))


def _subresources(identifier: str) -> tuple[str, ...]:
    parts = arm_id(identifier)
    for entry in current().table("private-endpoint-targets")["entries"]:
        if parts is not None and str(entry.get("type")).lower() == parts["type"]:
            return tuple(map(str, entry["groupIds"]))
    return ()


def _endpoint(identifier: str, subresource: str) -> str:
    return (
        f"{_SET} pe-{subresource.strip('<>')} --type private_endpoint"
        f" --service-resource-id {shlex.quote(identifier)} --subresource-target {subresource}"
        f" --spark-enabled false {_WHERE}"
    )
