"""Settings of authentication, and of the fields that callers may read."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from serving.settings.group import Words, setting
from serving.settings.groups.stripe import Stripe

SANDBOX_SECRET = "attache-sandbox-tokens-prove-nothing"
"""Signs development tokens. It is accepted only with the embedded sandbox."""

EXAMPLE_SECRET = "0123456789abcdef0123456789abcdef-example-only"
"""The secret in docs/authentication.md."""

SECRET_BYTES = 32

SESSION_FEATURES = ("redisplay", "remove", "save")
NO_FEATURE = "none"
"""The values of CUSTOMER_SESSION_FEATURES. An empty variable counts as unset."""

SYMMETRIC = ("HS256", "HS384", "HS512")
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class Callers(Stripe):
    """The authentication of callers."""

    auth_issuer: str | None = setting(
        None,
        "Issuer of the callers' tokens: their `iss` claim.",
        pattern=r"^https?://",
        examples=["https://login.example.com/"],
    )
    auth_audience: str | None = setting(None, "Identifier of this service: the tokens' `aud` claim.")
    auth_client_ids: Words = setting(
        (), "Values of `client_id` whose access tokens are accepted without `aud` (Cognito)."
    )
    auth_jwks_url: str | None = setting(
        None,
        "URL of the issuer's keys. When unset: found by OIDC discovery.",
        pattern=r"^https?://",
        examples=["https://login.example.com/keys.json"],
    )
    auth_secret: SecretStr | None = setting(
        None, "One secret that signs all tokens, 32 bytes or more, for small installations."
    )
    auth_secret_file: Path | None = setting(None, "A file that contains the secret, instead of AUTH_SECRET.")
    auth_algorithms: Words = setting((), "Accepted signature algorithms. When unset: all that fit the key.")
    auth_leeway: float = setting(10.0, "Tolerated clock difference for tokens, in seconds.", ge=0, le=300)
    auth_customer_claim: str = setting(
        "stripe_customer_id",
        "Claim that contains the caller's Stripe customer id; use dots for nested claims.",
        min_length=1,
    )
    auth_account_claim: str | None = setting(
        None,
        "Connect: claim that contains the caller's connected account, acct_…, for which all its calls to Stripe are "
        "made; use dots for nested claims. When unset, no claim is read, and all calls are made for the key's account.",
        min_length=1,
    )
    auth_service_scope: str = setting(
        "attache:service", "Scope of service callers, which may access all wallets.", min_length=1
    )
    allow_anonymous: bool | None = setting(
        None, "Let callers without a token access all wallets. When unset: only with the sandbox."
    )
    customer_mandates: bool = setting(
        False,
        "Let customers agree to debits online. The mandate names the address and the user agent of their request: set "
        "TRUSTED_PROXIES if a proxy forwards it.",
    )
    customer_session_features: Words = setting(
        SESSION_FEATURES,
        "What customers may request in a customer session: redisplay (show saved payment methods), remove, save; or "
        "none. Without all three, customers get no ephemeral keys.",
    )
    customer_sees: Words = setting((), "Additional fields that customers may read: fingerprint, metadata, or both.")

    @property
    def allowed_session_features(self) -> frozenset[str]:
        """The features that customers may request in a customer session."""
        return frozenset(self.customer_session_features) - {NO_FEATURE}

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
