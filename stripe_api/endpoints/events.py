"""The endpoint /v1/events."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.objects import Endpoints, Sending


class Events(Endpoints):
    """See `Endpoints`."""

    def list(
        self,
        *,
        since: int,
        types: Sequence[str],
        undelivered: bool = False,
        limit: int = 100,
        starting_after: str | None = None,
    ) -> Sending:
        """GET /v1/events. Events of these types (at most 20) since a Unix time, newest first.

        The list is some seconds behind. `undelivered`: only those that a webhook endpoint has not accepted.
        """
        params = {
            "created": {"gte": since},
            "types": types,
            "delivery_success": False if undelivered else None,
            "limit": limit,
            "starting_after": starting_after,
        }
        return self._get("/v1/events", {}, params)
