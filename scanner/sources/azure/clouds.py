"""The clouds of Azure: where their ARM and their sign-in are (azure-mgmt-core `get_arm_endpoints`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.errors import UsageError
from scanner.sources.documents.secrets import without_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """A cloud: ``endpoint`` without a slash at the end; ``authority`` None where the environment says.

    ``lags`` is True where new api-versions may not have arrived yet.
    """

    name: str
    endpoint: str
    scope: str
    authority: str | None
    storage_suffix: str | None
    lags: bool = True

    @property
    def host(self) -> str:
        """The one host and port that a token may be sent to, as `authority` writes it."""
        return authority(self.endpoint)


def authority(url: str) -> str:
    """Host and port of a URL in lower case, without the port that https has anyway.

    A user name stays, so that a URL with one is that of no host we know.  Empty where there is no host.
    """
    try:
        return urlsplit(url).netloc.lower().removesuffix(":443")
    except ValueError:
        return ""


CLOUDS = {
    "public": Cloud(
        name="AzureCloud",
        endpoint="https://management.azure.com",
        scope="https://management.azure.com/.default",
        authority="login.microsoftonline.com",
        storage_suffix="core.windows.net",
        lags=False,
    ),
    "usgov": Cloud(
        name="AzureUSGovernment",
        endpoint="https://management.usgovcloudapi.net",
        scope="https://management.core.usgovcloudapi.net/.default",
        authority="login.microsoftonline.us",
        storage_suffix="core.usgovcloudapi.net",
    ),
    "china": Cloud(
        name="AzureChinaCloud",
        endpoint="https://management.chinacloudapi.cn",
        scope="https://management.chinacloudapi.cn/.default",
        authority="login.chinacloudapi.cn",
        storage_suffix="core.chinacloudapi.cn",
    ),
}

_HOST = re.compile(r"(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?")


def resolve(name: str, endpoint: str | None) -> Cloud:
    """The cloud of that name, or the one whose ARM is at ``endpoint``.

    Raises `UsageError` for an endpoint that is no plain https URL: a token never goes anywhere else.
    """
    cloud = CLOUDS[name]
    if endpoint is None:
        return cloud
    shown = without_secrets(endpoint)
    try:
        parts = urlsplit(endpoint.strip())
    except ValueError:
        raise UsageError(f"--arm-endpoint {shown}: not a URL") from None
    if parts.scheme.lower() != "https":
        raise UsageError(f"--arm-endpoint {shown}: must begin with https://, a token is sent there")
    if not _HOST.fullmatch(parts.netloc.lower()) or parts.query or parts.fragment:
        raise UsageError(f"--arm-endpoint {shown}: write https://HOST[:PORT]")
    url = f"https://{parts.netloc}{parts.path.rstrip('/')}"
    for known in CLOUDS.values():
        if known.endpoint == url.lower():
            return known
    return Cloud(
        name="custom",
        endpoint=url,
        scope=f"{url}/.default",
        authority=cloud.authority if name != "public" else None,
        storage_suffix=None,
    )
