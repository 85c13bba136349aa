"""Tokens for development, signed with the shared secret."""

from __future__ import annotations

import time
from typing import Any

import jwt

from serving.settings import Settings, SettingsError


def mint(settings: Settings, *, customer: str | None, service: bool, subject: str, lifetime: float) -> str:
    """A token for development, signed with the shared secret."""
    now = int(time.time())
    claims: dict[str, Any] = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "sub": subject,
        "iat": now,
        "nbf": now,
        "exp": now + int(lifetime),
    }
    if customer is not None:
        claims[settings.auth_customer_claim] = customer
    if service:
        claims["scope"] = settings.auth_service_scope
    if settings.shared_secret is None:
        raise SettingsError("AUTH_SECRET: tokens are made by the issuer here; only a shared secret can sign one")
    return jwt.encode(claims, settings.shared_secret, algorithm=settings.token_algorithms[0])
