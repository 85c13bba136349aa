"""Settings of the callers' tokens, and of what callers may see."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from serving.settings.group import Words
from serving.settings.stripe import Stripe

SANDBOX_SECRET = "attache-sandbox-tokens-prove-nothing"
"""Signs development tokens. It is accepted only with the embedded sandbox."""

EXAMPLE_SECRET = "0123456789abcdef0123456789abcdef-example-only"
"""The secret in docs/authentication.md."""

SECRET_BYTES = 32
SYMMETRIC = ("HS256", "HS384", "HS512")
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class Callers(Stripe):
    """How callers prove who they are."""

    auth_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://",
        examples=["https://login.example.com/"],
        description="Issuer of the callers' tokens: their `iss` claim.",
    )
    auth_audience: str | None = Field(default=None, description="Identifier of this service: the tokens' `aud` claim.")
    auth_client_ids: Words = Field(
        default=(), description="Values of `client_id` whose access tokens are accepted without `aud` (Cognito)."
    )
    auth_jwks_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        examples=["https://login.example.com/keys.json"],
        description="URL of the issuer's keys. When unset: found by OIDC discovery.",
    )
    auth_secret: SecretStr | None = Field(
        default=None, description="One secret that signs all tokens, 32 bytes or more, for small installations."
    )
    auth_secret_file: Path | None = Field(
        default=None, description="A file that contains the secret, instead of AUTH_SECRET."
    )
    auth_algorithms: Words = Field(
        default=(), description="Accepted signature algorithms. When unset: all that fit the key."
    )
    auth_leeway: float = Field(
        default=10.0, ge=0, le=300, description="Tolerated clock difference for tokens, in seconds."
    )
    auth_customer_claim: str = Field(
        default="stripe_customer_id",
        min_length=1,
        description="Claim that contains the caller's Stripe customer id; use dots for nested claims.",
    )
    auth_service_scope: str = Field(
        default="attache:service", min_length=1, description="Scope of service callers, which may access all wallets."
    )
    allow_anonymous: bool | None = Field(
        default=None, description="Let callers without a token access all wallets. When unset: only with the sandbox."
    )
    customer_sees: Words = Field(
        default=(), description="Additional fields that customers may read: fingerprint, metadata, or both."
    )

    @property
    def allows_anonymous(self) -> bool:
        """Whether callers need no token."""
        return self.uses_sandbox if self.allow_anonymous is None else self.allow_anonymous

    @property
    def shared_secret(self) -> str | None:
        """The secret that signs all tokens; None if an issuer signs them with its own keys."""
        if self.auth_secret is not None:
            return self.auth_secret.get_secret_value()
        return SANDBOX_SECRET if self.uses_sandbox and self.auth_issuer is None else None

    @property
    def token_issuer(self) -> str:
        """The required `iss` claim."""
        return self.auth_issuer or "attache"

    @property
    def token_audience(self) -> str:
        """The required `aud` claim."""
        return self.auth_audience or "attache"

    @property
    def token_algorithms(self) -> tuple[str, ...]:
        """The accepted signature algorithms."""
        return self.auth_algorithms or (SYMMETRIC if self.shared_secret is not None else ASYMMETRIC)
