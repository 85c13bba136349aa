"""Settings that turn features on and off."""

from __future__ import annotations

from pathlib import Path

from serving.settings.group import setting
from serving.settings.groups.stripe import Stripe


class Features(Stripe):
    """Which features are on."""

    playground: bool | None = setting(
        None, "Serve GraphiQL to browsers, and over the sandbox the wallet page. When unset: only with the sandbox."
    )
    introspection: bool | None = setting(
        None, "Allow introspection. When unset: for all callers; with a live key, for service callers only."
    )
    show_calls: bool | None = setting(
        None, "Let requests ask for the list of their REST calls. When unset: only with the sandbox."
    )
    compiled_plans: bool = setting(True, "Compile repeated operations. Turning this off changes speed, not results.")
    persisted_queries: bool = setting(True, "Let clients register documents and then send only their hashes (APQ).")
    trusted_documents: Path | None = setting(None, "A manifest of allowed documents. All other documents are rejected.")

    @property
    def shows_playground(self) -> bool:
        """Whether browsers get GraphiQL, and over the sandbox the wallet page."""
        return self.uses_sandbox if self.playground is None else self.playground

    def allows_introspection(self, *, service: bool) -> bool:
        """Whether a caller may use introspection, and gets suggestions for unknown names."""
        return service or not self.is_live if self.introspection is None else self.introspection

    @property
    def shows_calls(self) -> bool:
        """Whether a request may ask for its REST calls."""
        return self.uses_sandbox if self.show_calls is None else self.show_calls
