"""Creates callers' tokens, by default signed with the sandbox's secret."""

from __future__ import annotations

from typing import Any

from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings

LIFETIME = 4 * 3600
"""Seconds. Longer than a test run, because tests share tokens."""


def bearer(settings: Settings, *, customer: str | None = None, service: bool = False, **options: Any) -> dict[str, str]:
    """The Authorization header of a customer or a service."""
    options = {"subject": "someone", "lifetime": LIFETIME, **options}
    return {"Authorization": f"Bearer {create_token(settings, customer=customer, service=service, **options)}"}
