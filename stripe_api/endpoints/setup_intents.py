"""The endpoints below /v1/setup_intents."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.endpoints.intents import Intents
from stripe_api.objects import Sending


class SetupIntents(Intents, object="setup_intent"):
    """See `Intents`."""

    def verify_microdeposits(
        self,
        id: str,
        *,
        amounts: Sequence[int] | None = None,
        descriptor_code: str | None = None,
        expand: Sequence[str] = (),
        idempotency_key: str | None = None,
    ) -> Sending:
        """POST /v1/setup_intents/{id}/verify_microdeposits. `amounts` are two numbers of cents.

        Raises InvalidRequestError if they or the code are wrong, or its status does not allow this.
        """
        params = {"amounts": amounts, "descriptor_code": descriptor_code, "expand": expand}
        return self._post(f"{self._one}/verify_microdeposits", {self._object: id}, params, idempotency_key)
