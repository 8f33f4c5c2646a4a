"""Who signs in: the credentials of azure-identity, and one token for all threads."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import azure.identity
import requests
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, ClientAuthenticationError

from scanner.errors import SourceError, UsageError
from scanner.sources.azure.clouds import CLOUDS, Cloud, authority
from scanner.sources.azure.scrub import scrubbed

NAMES = ("default", "cli", "managed-identity", "environment", "github-oidc")

_AUDIENCES = {
    "AzureUSGovernment": "api://AzureADTokenExchangeUSGov",
    "AzureChinaCloud": "api://AzureADTokenExchangeChina",
}
_EARLY = 300
"""Seconds before its end at which a token is replaced, as the Azure SDK does."""

_SETTLING = 10
"""Seconds after a token was replaced in which it is not replaced again: a refusal then has another cause."""


_NOISE = re.compile(
    r" ?(?:Visit|To mitigate this issue, please refer to the troubleshooting guidelines here at) \S+"
    r"(?: to troubleshoot this issue\.?)?"
)
"""What azure-identity says after each reason, and again at the end."""

_NEXT = {
    "default": "run 'az login', or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or see"
    " --credential",
    "cli": "install the Azure CLI and run 'az login'",
    "managed-identity": "give this machine a managed identity; AZURE_CLIENT_ID names one that you assigned",
    "environment": "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or"
    " AZURE_CLIENT_CERTIFICATE_PATH",
    "github-oidc": "the job needs 'permissions: id-token: write', the application a federated credential",
}
"""What to do where nobody is signed in, by the name of the credential."""


class Credential(Protocol):
    """What azure-identity's credentials have in common."""

    def get_token(self, *scopes: str, claims: str | None = None, tenant_id: str | None = None) -> AccessToken:
        """A token for the scopes."""
        ...


class NoToken(SourceError):  # noqa: N818 - reads as what it says
    """Nobody is signed in, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How to sign in: the credential's name, the cloud, and the tenant where one was named."""

    name: str
    cloud: Cloud
    tenant: str | None = None

    def credential(self) -> Credential:
        """A new credential, which remembers no token.  Raises `UsageError` where its settings are missing."""
        builders: dict[str, Callable[[], Credential]] = {
            "default": self._default,
            "cli": lambda: azure.identity.AzureCliCredential(additionally_allowed_tenants=["*"]),
            "managed-identity": self._managed_identity,
            "environment": lambda: azure.identity.EnvironmentCredential(
                additionally_allowed_tenants=["*"], **self._authority()
            ),
            "github-oidc": self._github,
        }
        try:
            return builders[self.name]()
        except ValueError as error:
            raise UsageError(f"--credential {self.name}: {scrubbed(str(error))}") from None

    def _default(self) -> Credential:
        return azure.identity.DefaultAzureCredential(
            exclude_interactive_browser_credential=True,
            exclude_visual_studio_code_credential=True,
            exclude_shared_token_cache_credential=True,
            exclude_broker_credential=True,
            additionally_allowed_tenants=["*"],
            **self._authority(),
        )

    def _managed_identity(self) -> Credential:
        client = os.environ.get("AZURE_CLIENT_ID")
        return azure.identity.ManagedIdentityCredential(client_id=client or None)

    def _github(self) -> Credential:
        tenant = self.tenant or os.environ.get("AZURE_TENANT_ID")
        client = os.environ.get("AZURE_CLIENT_ID")
        if not (tenant and client):
            raise UsageError("--credential github-oidc: set AZURE_CLIENT_ID, and --tenant or AZURE_TENANT_ID")
        audience = _AUDIENCES.get(self.cloud.name, "api://AzureADTokenExchange")
        return azure.identity.ClientAssertionCredential(
            tenant,
            client,
            lambda: _assertion(audience),
            additionally_allowed_tenants=["*"],
            **self._authority(),
        )

    def _authority(self) -> dict[str, Any]:
        """The cloud's place to sign in, unless the environment names one.

        A place that is none of the known clouds' is not looked up in the directory of the public one.
        """
        named = os.environ.get("AZURE_AUTHORITY_HOST")
        if named:
            host = authority(named if "://" in named else f"https://{named}")
            known = {cloud.authority for cloud in CLOUDS.values()}
            return {} if host in known else {"disable_instance_discovery": True}
        return {"authority": self.cloud.authority} if self.cloud.authority is not None else {}


def _assertion(audience: str) -> str:
    """A fresh id token of the running GitHub job: it lives for minutes, so each sign-in fetches its own."""
    url = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL", "")
    secret = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
    if not (url.lower().startswith("https://") and secret):
        raise ClientAuthenticationError(
            "no id token here: ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are set in"
            " a GitHub job with 'permissions: id-token: write'"
        )
    headers = {"Authorization": f"bearer {secret}"}
    try:
        answer = requests.get(
            url, params={"audience": audience}, headers=headers, timeout=(10, 30), allow_redirects=False
        )
        value = answer.json().get("value") if answer.status_code == requests.codes.ok else None
    except (requests.RequestException, ValueError, AttributeError) as error:
        raise ClientAuthenticationError(f"GitHub gave no id token: {type(error).__name__}") from None
    if not isinstance(value, str):
        raise ClientAuthenticationError(f"GitHub gave no id token: HTTP status {answer.status_code}")
    return value


class Identity:
    """One token at a time, for every thread.

    ``renewed`` signs in anew with a new credential, because a credential hands out what it remembers
    for as long as it believes in it.
    """

    def __init__(self, signing: Signing) -> None:
        self._signing = signing
        self._lock = threading.Lock()
        self._credential: Credential | None = None
        self._token: str | None = None
        self._until = 0.0
        self._renewed = float("-inf")
        self._ended: NoToken | None = None
        for library in ("azure", "msal"):
            # What goes wrong is said by us, once; a handler of its own keeps Python from printing it as well.
            logging.getLogger(library).addHandler(logging.NullHandler())

    def token(self) -> str:
        """The token to send.  Raises `NoToken`."""
        with self._lock:
            if self._token is None or time.time() >= self._until:
                self._fetch(None)
            assert self._token is not None
            return self._token

    def renewed(self, stale: str, claims: str | None = None) -> str:
        """Another token than the refused one; the same where that is new itself.  Raises `NoToken`."""
        with self._lock:
            now = time.monotonic()
            if self._token is None or (self._token == stale and now - self._renewed > _SETTLING):
                self._credential = None
                self._fetch(claims)
                self._renewed = now
            assert self._token is not None
            return self._token

    def _fetch(self, claims: str | None) -> None:
        if self._ended is not None:
            # Signing in takes seconds where nobody answers: threads that come later need not try again.
            raise NoToken(str(self._ended))
        try:
            if self._credential is None:
                self._credential = self._signing.credential()
            tenant = self._signing.tenant
            options = {
                name: value
                for name, value in (("claims", claims), ("tenant_id", tenant))
                if value is not None
            }
            found = self._credential.get_token(self._signing.cloud.scope, **options)
        except (AzureError, ValueError) as error:
            said = _NOISE.sub("", " ".join(scrubbed(str(error)).split())).strip()
            self._ended = NoToken(f"cannot sign in to Azure: {_NEXT[self._signing.name]} ({said[:700]})")
            raise self._ended from None
        lifetime = found.expires_on - time.time()
        self._token = found.token
        self._until = found.expires_on - min(_EARLY, max(lifetime, 0) / 5)
