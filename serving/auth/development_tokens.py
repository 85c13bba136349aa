"""Development tokens: how to create one, and the advice for developers."""

from __future__ import annotations

import time
from collections.abc import Callable

from pydantic import model_validator

from serving.settings import conflicts
from serving.settings.errors import SettingsError
from serving.settings.settings import Settings

COMMAND = "uv run server.py token --customer cus_T4qv4Qn42jKZ9G"
"""Creates a token for a customer of the sandbox."""

SANDBOX_LIFETIME = 3600.0
"""Of the tokens that the sandbox gives out, in seconds."""


class TokenSettings(Settings):
    """Like Settings, but validates only what creating a token needs."""

    @model_validator(mode="after")
    def _consistent(self) -> TokenSettings:
        conflicts.check_shared_secret(self)
        return self


def create_token(
    settings: Settings,
    *,
    customer: str | None,
    service: bool,
    subject: str,
    lifetime: float,
    account: str | None = None,
) -> str:
    """A token signed with the shared secret. Raises SettingsError if its secret or the account's claim is not set."""
    # Imported here, because the server imports this module only for its advice.
    import jwt

    if account is not None and settings.auth_account_claim is None:
        raise SettingsError("AUTH_ACCOUNT_CLAIM: set it, because without it the service reads no connected account")
    if settings.shared_secret is None:
        raise SettingsError(_no_secret(settings))
    now = int(time.time())
    claims = {"iss": settings.token_issuer, "aud": settings.token_audience, "sub": subject}
    times = {"iat": now, "nbf": now, "exp": now + int(lifetime)}
    identity = (
        (settings.auth_customer_claim, customer),
        (settings.auth_account_claim, account),
        ("scope", settings.auth_service_scope if service else None),
    )
    given = {claim: value for claim, value in identity if claim and value is not None}
    return jwt.encode({**claims, **times, **given}, settings.shared_secret, algorithm=settings.token_algorithms[0])


def sandbox_tokens(settings: Settings) -> Callable[[str], str] | None:
    """Creates a token for a customer of the embedded sandbox, valid for an hour. None if another secret signs tokens.

    Anyone may have such a token: the sandbox's secret is public, and no service over Stripe accepts it.
    """
    if settings.auth_secret is not None or settings.shared_secret is None:
        return None

    def create(customer: str) -> str:
        return create_token(settings, customer=customer, service=False, subject="sandbox", lifetime=SANDBOX_LIFETIME)

    return create


def _no_secret(settings: Settings) -> str:
    if settings.auth_issuer is not None:
        return "AUTH_SECRET: AUTH_ISSUER signs tokens with its own keys; request one there, or set AUTH_SECRET"
    return "AUTH_SECRET: set it to the server's secret; only the embedded sandbox has a default"


def how_to_create(settings: Settings) -> tuple[str, str | None]:
    """How tokens are signed, and the command that creates one for this server; None if there is no command."""
    if settings.auth_secret is not None:
        where = "in a shell with the same AUTH_… variables"
        return f"Tokens are signed with this server's AUTH_SECRET. Create one {where}", COMMAND
    if settings.auth_issuer is not None:
        return f"Tokens are signed by AUTH_ISSUER, {settings.auth_issuer}: request one there", None
    where = "in a shell without AUTH_… variables and STRIPE_SECRET_KEY"
    return f"Tokens are signed with the sandbox's public secret. Create one {where}", COMMAND
