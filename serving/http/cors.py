"""Origins of web pages: CORS, and protection against cross-site requests (CSRF)."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import rejection
from serving.http.canonical_origin import canonical
from serving.settings.settings import Settings

PREFLIGHTED = ("apollo-require-preflight", "x-apollo-operation-name", "graphql-preflight", "x-requested-with")
"""Headers that a page of another site can send only after a CORS preflight."""

CORS_HEADERS = (
    "authorization",
    "content-type",
    *PREFLIGHTED,
    # GraphQL clients
    "apollographql-client-name",
    "apollographql-client-version",
    "cache-control",
    "graphql-client-name",
    "graphql-client-version",
    "graphql-require-preflight",
    "last-event-id",
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
"""Headers that pages of allowed origins may send, as common GraphQL clients and tracers do."""


class Origins:
    """Checks that a page may call the service: its origin is the service's, or one of CORS_ORIGINS."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = frozenset(map(canonical, settings.cors_origins)) - {None}

    def allow(self, origin: str) -> bool:
        """Whether the origin is one of CORS_ORIGINS."""
        return canonical(origin) in self._allowed

    def check(self, request: HTTPConnection) -> None:
        """Raises RequestRejected for a request from a page of another origin.

        Browsers send a CORS preflight before a POST of JSON, but not before a GET or a WebSocket: there, Sec-Fetch-Site
        decides if there is no Origin.
        """
        origin = request.headers.get("origin")
        if origin is not None:
            if self.allow(origin) or _is_own(origin, request.headers.get("host")):
                return
            raise rejection(
                "Pages of this origin may not call this service (CORS_ORIGINS).", code=ErrorCode.FORBIDDEN, status=403
            )
        cross_site = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        if (
            cross_site
            and request.scope.get("method", "GET") in ("GET", "HEAD")
            and not any(name in request.headers for name in PREFLIGHTED)
        ):
            message = f"Send a header such as {PREFLIGHTED[0]} with GET requests from pages of another site."
            raise rejection(message, code=ErrorCode.FORBIDDEN, status=403)


def _is_own(origin: str, host: str | None) -> bool:
    """Whether the page is from this service. A proxy may use https to the browser and http to the service."""
    found = canonical(origin)
    scheme = origin.partition(":")[0].lower()
    return found is not None and scheme in ("http", "https") and found == canonical(f"{scheme}://{host}")


class Cors(CORSMiddleware):
    """Starlette's CORS middleware, with origins compared in their canonical form."""

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
        """Whether the origin may call the service."""
        return self._origins.allow(origin)
