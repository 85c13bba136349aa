"""The signing keys of an OIDC issuer: found by discovery, cached, and refreshed in the background."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import msgspec

from serving.auth.tokens import IssuerUnavailable, Keys, SharedSecret, Unauthenticated
from serving.http.connection_cause import connection_cause
from serving.settings.settings import Settings
from serving.telemetry import logs

logger = logs.logger("attache.auth")

FRESH_SECONDS = 3600.0
"""Age at which keys are refreshed."""

PAUSE_SECONDS = 30.0
"""Minimum seconds between two fetches, even if tokens contain unknown key ids."""


class FetchFailed(OSError):
    """The server `host` did not respond. `cause` is a key of serving.http.connection_cause.ADVICE."""

    def __init__(self, host: str, cause: str) -> None:
        super().__init__(f"no response from {host} ({cause})")
        self.host = host
        self.cause = cause


Key = Any
"""A jwt.PyJWK if the issuer specifies the key's algorithm, otherwise the public key."""

Fetch = Callable[[str], Awaitable[Mapping[str, Any]]]
"""Fetches a JSON object. Raises OSError or ValueError."""


class IssuersKeys:
    """The keys of one issuer. At most one fetch runs at a time, and one per PAUSE_SECONDS."""

    def __init__(
        self, fetch: Fetch, *, issuer: str, jwks_url: str | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._clock = clock
        self._keys: dict[str | None, Key] = {}
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, token: str) -> Key:
        """The key with the id in the token's header. Without an id, the only key.

        A known key is returned immediately: the hourly refresh runs in the background.
        """
        kid = _key_id(token)
        if self._key(kid) is None:
            await self._refresh()
        elif self._clock() - self._fetched > FRESH_SECONDS:
            self._start_fetching()
        if not self._keys:
            raise IssuerUnavailable
        key = self._key(kid)
        if key is None:
            raise Unauthenticated(presented=True)
        return key

    async def fetch(self) -> Mapping[str | None, Key]:
        """Fetch the issuer's keys. Raises OSError, ValueError or PyJWTError."""
        return _usable(await self._fetch(self._jwks_url or await self._discover()))

    async def aclose(self) -> None:
        """Cancel a running fetch."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    def _key(self, kid: str | None) -> Key | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid)

    async def _refresh(self) -> None:
        """Wait for the running fetch, or start one."""
        self._start_fetching()
        if self._fetching is not None:
            await asyncio.shield(self._fetching)

    def _start_fetching(self) -> None:
        """Fetch the keys, unless a fetch is running or started less than PAUSE_SECONDS ago."""
        if self._fetching is None and self._clock() - self._tried >= PAUSE_SECONDS:
            self._tried = self._clock()
            self._fetching = asyncio.create_task(self._fetch_keys())
            self._fetching.add_done_callback(self._fetch_done)

    def _fetch_done(self, task: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _fetch_keys(self) -> None:
        try:
            self._keys = dict(await self.fetch())
        except (OSError, ValueError, jwt.PyJWTError) as error:
            reason = error.cause if isinstance(error, FetchFailed) else "unusable"
            host = error.host if isinstance(error, FetchFailed) else _host(self._jwks_url or self._issuer)
            logger.warning("the issuer's keys can't be fetched", issuer=host, reason=reason)
            return
        self._fetched = self._clock()

    async def _discover(self) -> str:
        document = await self._fetch(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
        url = document.get("jwks_uri")
        if document.get("issuer") != self._issuer or not isinstance(url, str):
            raise ValueError("the discovery document is from another issuer, or has no jwks_uri")
        if urlsplit(url).scheme != urlsplit(self._issuer).scheme:
            raise ValueError("the scheme of jwks_uri differs from the issuer's")
        return url


def _usable(document: Mapping[str, Any]) -> dict[str | None, Key]:
    """The keys for signatures, by id. Unknown kinds of keys are ignored."""
    found: dict[str | None, Key] = {}
    for entry in document.get("keys") or ():
        if isinstance(entry, dict) and entry.get("use", "sig") == "sig" and entry.get("kty") != "oct":
            try:
                key = jwt.PyJWK.from_dict(entry)
                found[entry.get("kid")] = key if "alg" in entry else key.key
            except (jwt.PyJWTError, ValueError, TypeError):
                continue
    if not found:
        raise ValueError("no usable keys")
    return found


def _host(url: str) -> str:
    """The host and port of a URL, without its user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _key_id(token: str) -> str | None:
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Unauthenticated(presented=True) from None
    return kid if isinstance(kid, str) else None


FETCH_TIMEOUT = 5.0
MAX_FETCHED_BYTES = 256 * 1024


async def fetch_json(url: str, *, proxy: str | None = None) -> Mapping[str, Any]:
    """Fetch a JSON object, without following redirects. Raises OSError or ValueError."""
    transport = httpx.AsyncHTTPTransport(proxy=proxy)
    try:
        async with (
            asyncio.timeout(FETCH_TIMEOUT),
            httpx.AsyncClient(transport=transport) as client,
            client.stream("GET", url) as response,
        ):
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_FETCHED_BYTES:
                    raise ValueError("the response is too long")
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise FetchFailed(_host(url), connection_cause(error)) from None
    if response.status_code != 200:
        raise ValueError(f"status {response.status_code}")
    try:
        document = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        raise ValueError("the response is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("the response is not a JSON object")
    return document


def token_keys(settings: Settings) -> Keys | None:
    """The keys that tokens are verified with: the shared secret or the issuer's keys. None without either."""
    if settings.shared_secret is not None:
        return SharedSecret(settings.shared_secret)
    if settings.auth_issuer is None:
        return None

    def fetch(url: str) -> Awaitable[Mapping[str, Any]]:
        return fetch_json(url, proxy=settings.proxy_for(url))

    return IssuersKeys(fetch, issuer=settings.auth_issuer, jwks_url=settings.auth_jwks_url)
