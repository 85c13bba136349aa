"""Authentication: from a bearer token to the caller. Clients never learn why a token is invalid."""

from __future__ import annotations

import enum
import hashlib
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import jwt
from cachetools import TTLCache

from serving.auth.customer_id import ACCOUNT_ID, CUSTOMER_ID
from serving.settings.settings import Settings
from serving.telemetry import logs

logger = logs.logger("attache.auth")

MAX_TOKEN_LENGTH = 8192
REMEMBERED_TOKENS = 10_000
REMEMBERED_SECONDS = 60.0
"""How long a verified token is accepted without verifying it again, even if its key is revoked in the meantime."""

_CLIENT_CLAIMS = ("azp", "client_id", "cid", "appid")
"""Claims in which issuers name the client of a token."""


class CallerKind(enum.Enum):
    """The kind of a caller: without a token, with access to one wallet, or with access to all wallets."""

    ANONYMOUS = "anonymous"
    CUSTOMER = "customer"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller of a request. `customer_id` is set only for a CUSTOMER, which can access this wallet only.

    `client` is set for a SERVICE whose token has no subject: its client id, or a digest of its token. `account` is the
    connected account for which all of its calls to Stripe are made, if any.
    """

    kind: CallerKind
    subject: str | None = None
    customer_id: str | None = None
    client: str | None = None
    account: str | None = None

    @property
    def identity(self) -> str:
        """Identifies the caller, for limits and idempotency keys. Equal callers of two connected accounts differ."""
        connected = f"{self.account}/" if self.account is not None else ""
        if self.client is not None:
            return f"{connected}{self.kind.value}-client:{self.client}"
        return f"{connected}{self.kind.value}:{self.subject or ''}:{self.customer_id or ''}"


ANONYMOUS = Caller(CallerKind.ANONYMOUS)


class Authenticated(NamedTuple):
    """A caller, and the time in Unix seconds after which its token is not accepted."""

    caller: Caller
    expires: float


class Unauthenticated(Exception):
    """The token is missing, or invalid if `presented`."""

    def __init__(self, *, presented: bool) -> None:
        super().__init__("unauthenticated")
        self.presented = presented


class Forbidden(Exception):
    """A valid token that identifies no caller. The message says what is wrong with its claims."""


class IssuerUnavailable(Exception):
    """The issuer's keys can't be fetched, so tokens can't be verified."""


class Keys(Protocol):
    """The keys that verify tokens."""

    async def find(self, token: str) -> Any:
        """The key for a token. Raises Unauthenticated if there is none, IssuerUnavailable if no keys are known."""


class SharedSecret:
    """One key for all tokens."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    async def find(self, token: str) -> Any:
        """The secret."""
        return self._secret


class Authenticator:
    """Authenticates requests by their Authorization header."""

    def __init__(self, settings: Settings, keys: Keys | None) -> None:
        self._settings = settings
        self._keys = keys
        self._verified: TTLCache[str, Authenticated] = TTLCache(REMEMBERED_TOKENS, REMEMBERED_SECONDS)

    async def caller(self, authorization: str | None) -> Caller:
        """The caller. Raises Unauthenticated, Forbidden or IssuerUnavailable."""
        return (await self.authenticate(authorization)).caller

    async def authenticate(self, authorization: str | None) -> Authenticated:
        """The caller, with the expiry of its token. Raises the same exceptions as `caller`."""
        if authorization is None:
            if self._settings.allows_anonymous:
                return Authenticated(ANONYMOUS, math.inf)
            raise Unauthenticated(presented=False)
        scheme, _, token = authorization.partition(" ")
        if self._keys is None or scheme.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN_LENGTH:
            raise Unauthenticated(presented=True)
        known = self._verified.get(token)
        if known is not None and known.expires > time.time():
            return known
        claims, expires = await self._verify(token, self._keys)
        found = Authenticated(self._caller(claims, token), expires + self._settings.auth_leeway)
        self._verified[token] = found
        return found

    async def _verify(self, token: str, keys: Keys) -> tuple[Mapping[str, Any], float]:
        """The claims of a token, and its expiry time."""
        key = await keys.find(token)
        try:
            claims = self._decode(token, key)
            # Half a surrogate pair can't be encoded, sent or stored.
            json.dumps(claims, ensure_ascii=False).encode()
            return claims, float(claims["exp"])
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            # Log only the class of the error: it contains nothing from the token.
            logger.info("token rejected", why=type(error).__name__)
            raise Unauthenticated(presented=True) from None

    def _decode(self, token: str, key: Any) -> Mapping[str, Any]:
        clients = self._settings.auth_client_ids
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=self._settings.token_algorithms,
            audience=None if clients else self._settings.token_audience,
            issuer=self._settings.token_issuer,
            leeway=self._settings.auth_leeway,
            options={"require": ["exp", "iss", *(() if clients else ("aud",))], "verify_aud": not clients},
        )
        if clients and not self._is_for_this_service(claims):
            raise jwt.InvalidAudienceError
        return claims

    def _is_for_this_service(self, claims: Mapping[str, Any]) -> bool:
        """Whether `aud` is this service. Without `aud`, whether it is an access token of a listed client."""
        audience = claims.get("aud")
        if audience is None:
            return claims.get("token_use") == "access" and claims.get("client_id") in self._settings.auth_client_ids
        return self._settings.token_audience in ([audience] if isinstance(audience, str) else audience)

    def _caller(self, claims: Mapping[str, Any], token: str) -> Caller:
        subject, account = _text(claims, "sub"), self._account(claims)
        if self._settings.auth_service_scope in _scopes(claims):
            client = None if subject else _client(claims, token)
            return Caller(CallerKind.SERVICE, subject, client=client, account=account)
        customer = _claim(claims, self._settings.auth_customer_claim)
        if isinstance(customer, str) and CUSTOMER_ID.fullmatch(customer):
            return Caller(CallerKind.CUSTOMER, subject, customer, account=account)
        raise Forbidden("The token contains no customer id and no service scope.")

    def _account(self, claims: Mapping[str, Any]) -> str | None:
        """The connected account; None without the setting or the claim. Any other value is never taken for none."""
        claim = self._settings.auth_account_claim
        account = _claim(claims, claim) if claim is not None else None
        if account is None:
            return None
        if isinstance(account, str) and ACCOUNT_ID.fullmatch(account):
            return account
        raise Forbidden(f"The token's claim {claim} is not the id of an account, acct_…")


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    """The claim if it is a string and not empty."""
    value = claims.get(name)
    return value if isinstance(value, str) and value else None


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """The claim with this name, or the nested claim at this path with dots."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _client(claims: Mapping[str, Any], token: str) -> str:
    """Identifies a service without a subject: its client id, or a digest of its token."""
    ids = (_text(claims, name) for name in _CLIENT_CLAIMS)
    return next((f"id:{id}" for id in ids if id), "") or f"token:{hashlib.sha256(token.encode()).hexdigest()}"


def _scopes(claims: Mapping[str, Any]) -> set[str]:
    """The scopes of a token: `scope` as one string, `scp` or `permissions` as a list."""
    found: set[str] = set()
    for name in ("scope", "scp", "permissions"):
        value = claims.get(name)
        if isinstance(value, str):
            found |= set(value.split(" "))
        elif isinstance(value, list):
            found |= {item for item in value if isinstance(item, str)}
    return found
