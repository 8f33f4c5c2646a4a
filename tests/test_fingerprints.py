"""What stays the same for a finding from scan to scan."""

from __future__ import annotations

from scanner.fingerprints import fingerprint
from scanner.model import HubRef


def test_a_fingerprint_rests_on_policy_hub_and_item_alone_and_on_no_case() -> None:
    def of(policy: str = "p", hub: str = "/h", item: str | None = "i", key: str | None = "k") -> str:
        ref = HubRef(id=hub, name="n", kind="Hub", subscription_id=None, resource_group=None)
        return fingerprint(policy, ref, item, key)

    assert of() == "a70ee7e490c9daf03206014a13affc58"
    assert of() == of(hub="/H", item="I", key="K")
    assert len({of(), of(policy="q"), of(hub="/g"), of(item="j"), of(key="l"), of(item="k", key="i")}) == 6
    assert of(item=None) == of(item="")
    assert of(key=None) == of(key="") != of()
    assert len({of(hub="\ud800"), of(policy="\ud800"), of(item="\ud800"), of(key="\ud800")}) == 4
