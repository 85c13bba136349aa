"""Guards against pages of other sites that make a browser send what its user never meant to."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import refused
from serving.http.canonical_origin import canonical
from serving.settings.settings import Settings

PREFLIGHTED = ("apollo-require-preflight", "x-apollo-operation-name", "graphql-preflight", "x-requested-with")
"""Headers that a page of another site can't send without asking first."""

CORS_HEADERS = (
    "authorization",
    "content-type",
    *PREFLIGHTED,
    # GraphQL clients
    "apollographql-client-name",
    "apollographql-client-version",
    "graphql-client-name",
    "graphql-client-version",
    "graphql-require-preflight",
    "x-apollo-operation-id",
    "x-apollo-operation-type",
    # Tracing
    "b3",
    "baggage",
    "elastic-apm-traceparent",
    "newrelic",
    "request-context",
    "request-id",
    "sentry-trace",
    "traceparent",
    "tracestate",
    "uber-trace-id",
    "x-amzn-trace-id",
    "x-b3-flags",
    "x-b3-parentspanid",
    "x-b3-sampled",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-cloud-trace-context",
    "x-correlation-id",
    "x-datadog-origin",
    "x-datadog-parent-id",
    "x-datadog-sampled",
    "x-datadog-sampling-priority",
    "x-datadog-tags",
    "x-datadog-trace-id",
    "x-instana-l",
    "x-instana-s",
    "x-instana-t",
    "x-request-id",
)
"""Headers that pages of allowed origins may send: those of common GraphQL clients and tracers."""


class Origins:
    """The origins whose pages may call: the service's own and those of CORS_ORIGINS."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = frozenset(map(canonical, settings.cors_origins)) - {None}

    def allow(self, origin: str) -> bool:
        """Whether CORS_ORIGINS names the origin."""
        return canonical(origin) in self._allowed

    def refuse_foreign_pages(self, request: Request) -> None:
        """Raises NotExecuted for a request of a page whose origin may not call.

        A page's POST of JSON is asked for first (CORS), but a GET is not: there the browser's own word counts.
        """
        origin = request.headers.get("origin")
        if origin is not None:
            if self.allow(origin) or _is_own(origin, request.headers.get("host")):
                return
            raise refused("Pages of this origin may not call (CORS_ORIGINS).", code=ErrorCode.FORBIDDEN, status=403)
        foreign = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if foreign and request.method in ("GET", "HEAD") and not any(name in request.headers for name in PREFLIGHTED):
            message = f"A page of another site sends GET with a header such as {PREFLIGHTED[0]}."
            raise refused(message, code=ErrorCode.FORBIDDEN, status=403)


def _is_own(origin: str, host: str | None) -> bool:
    """Whether the page is the service's. A proxy may speak https to the browser and http to the service."""
    found = canonical(origin)
    scheme = origin.partition(":")[0].lower()
    return found is not None and scheme in ("http", "https") and found == canonical(f"{scheme}://{host}")


class Cors(CORSMiddleware):
    """Starlette's, which compares origins as browsers write them."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST"),
            allow_headers=(*CORS_HEADERS, *settings.cors_headers),
            expose_headers=("Retry-After", "WWW-Authenticate"),
            max_age=600,
        )
        self._origins = Origins(settings)

    def is_allowed_origin(self, origin: str) -> bool:
        """Whether the origin may call."""
        return self._origins.allow(origin)
