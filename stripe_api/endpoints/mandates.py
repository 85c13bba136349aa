"""The endpoint /v1/mandates."""

from __future__ import annotations

from collections.abc import Sequence

from stripe_api.objects import Endpoints, Sending


class Mandates(Endpoints):
    """See `Endpoints`."""

    def retrieve(self, id: str, *, expand: Sequence[str] = ()) -> Sending:
        """GET /v1/mandates/{id}. Raises InvalidRequestError, status 404, if there is none."""
        return self._get("/v1/mandates/{mandate}", {"mandate": id}, {"expand": expand})
