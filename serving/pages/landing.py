"""The start page of the sandbox: links, its objects, test cards and example commands."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from serving.auth.development_tokens import how_to_create
from serving.http.hosts import HOST
from serving.pages.docs import Docs
from serving.pages.document import plain_page
from serving.settings.settings import Settings

Members = Iterable[tuple[str, str, str]]
"""Ids or tokens, each with its name and effect."""

Groups = Sequence[tuple[str, Members]]
"""Members by group name."""

_OPEN = ("Customers", "Unattached payment methods", "Brands", "Declined", "3-D Secure")
"""Groups that are open when the page loads."""

_SCHEMA = {"SDL": "schema.graphql", "introspection": "schema.json", "possible types": "possible-types.json"}
_HEADER = '{"Authorization": "Bearer eyJ…"}'
_QUERY = '{"query": "{ customer(id: \\"cus_T4qv4Qn42jKZ9G\\") { name defaultPaymentMethod { displayLabel } } }"}'


class Landing:
    """The page with its route. `objects` and `cards` return the sandbox's at the time of a request."""

    def __init__(
        self, settings: Settings, objects: Callable[[], Groups], cards: Callable[[], Groups], docs: Docs
    ) -> None:
        self._settings = settings
        self._objects = objects
        self._cards = cards
        self._docs = docs

    def routes(self) -> list[BaseRoute]:
        """The route of the page."""
        return [Route("/", self._page)]

    async def _page(self, request: Request) -> Response:
        base = _base(request) or self._settings.base_url
        parts = [
            _INTRODUCTION,
            self._links(),
            _examples(base, self._settings),
            _section("What it starts with", _OBJECTS, self._objects()),
            _section("Test cards", _CARDS, self._cards()),
        ]
        return plain_page("Attaché: the sandbox", "\n".join(parts))

    def _links(self) -> str:
        """Links relative to this page."""
        playground = _PLAYGROUND if self._settings.shows_playground else ""
        schema = _SCHEMA if self._settings.allows_introspection(service=False) else {}
        docs = {name.removesuffix(".md"): f"docs/{name}" for name in self._docs.names}
        return f"<nav>{playground}{_line('Schema', schema)}{_line('Docs', docs)}</nav>"


_PLAYGROUND = """<a href="wallet">Wallet</a> <a href="graphql">GraphiQL</a>"""

_INTRODUCTION = """<h1>Attaché</h1>
<p>A GraphQL facade over Stripe's REST API for saved payment methods. No key is set, so the service uses its sandbox
instead of Stripe. No card is real, and a restart deletes all data.</p>"""

_OBJECTS = """<p>These exist after a start or a reset. What you change in between is not shown here.</p>"""

_CARDS = """<p>Use one of these as the id of a payment method. Each use creates a new card with a new id.</p>"""


def _base(request: Request) -> str | None:
    """The URL at which the browser reached the service; None if the Host header is invalid."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else None


def _line(name: str, addresses: Mapping[str, str]) -> str:
    links = [f'<a href="{escape(address)}">{escape(text)}</a>' for text, address in addresses.items()]
    return f"<p>{name}: {', '.join(links)}</p>" if links else ""


def _examples(base: str, settings: Settings) -> str:
    graphql = f"curl {base}/graphql -H 'Content-Type: application/json' -d {shlex.quote(_QUERY)}"
    attach = f"curl {base}/v1/payment_methods/pm_card_visa/attach -u sk_test_any: -d customer=cus_NbZ8Ki3f322LNn"
    detach = f"curl -X POST {base}/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF/detach -u sk_test_any:"
    return "\n".join(
        [
            "<h2>Try it</h2>",
            "<p>A wallet by GraphQL:</p>",
            _code(graphql),
            "<p>The service also implements Stripe's REST API, for <code>curl</code> and Stripe's libraries:</p>",
            _code(attach),
            _code(detach),
            _tokens(settings),
            "<p>Reset the sandbox:</p>",
            _code(f"curl -X POST {base}/_sandbox/reset"),
        ]
    )


def _tokens(settings: Settings) -> str:
    """Whether callers need a token, and how to create a token for this server."""
    callers = "Without a token you can access all wallets." if settings.allows_anonymous else "Callers need a token."
    how, command = how_to_create(settings)
    use = "<p>It is valid for one wallet and one hour. Add it to GraphiQL's headers, or use <code>-H</code>:</p>"
    create = f":</p>\n{_code(command)}\n{use}" if command else ". Add it to GraphiQL's headers:</p>"
    return f"<p>{callers} {escape(how)}{create}\n{_code(_HEADER)}"


def _code(text: str) -> str:
    return f"<pre>{escape(text)}</pre>"


def _section(title: str, note: str, groups: Groups) -> str:
    tables = [_group(name, list(members)) for name, members in groups]
    return "\n".join([f"<h2>{escape(title)}</h2>", note, *tables])


def _group(title: str, members: Sequence[tuple[str, str, str]]) -> str:
    rows = "\n".join(
        f'<tr><th scope="row"><code>{escape(id)}</code></th><td>{escape(name)}</td><td>{escape(effect)}</td></tr>'
        for id, name, effect in members
    )
    return (
        f"<details{' open' if title in _OPEN else ''}>"
        f"<summary>{escape(title)} <span>{len(members)}</span></summary>\n<table>\n{rows}\n</table></details>"
    )
