"""The bank's page: where the payer of a SetupIntent passes authentication, or fails it."""

import base64
import hashlib
from contextlib import suppress
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.control.same_origin import refuse_other_sites
from sandbox.errors import StripeError
from sandbox.http.api_request import Call
from sandbox.objects.records import SetupAttempt
from sandbox.operations.confirm_setup_intent import authenticate, awaits_authentication, reject
from sandbox.state.ids import new_id
from sandbox.state.store import Store

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem; }
form { display: flex; gap: 1rem; flex-wrap: wrap; }
button { font: inherit; padding: .6rem 1rem; border: 1px solid; border-radius: .4rem; cursor: pointer; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
_CHOICE = """<p>A test of 3-D Secure for the {brand} card ending in {last4}. Nothing is charged.</p>
<form method="post">
<button name="outcome" value="complete">Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button>
</form>"""


def three_d_secure_route(store: Store) -> Route:
    """Returns the route of the page, one address for each attempt."""

    async def endpoint(request: Request) -> Response:
        attempt = store.setup_attempts.get(request.path_params["attempt"])
        if attempt is None:
            return _page("There is no such authentication", "<p>Its address is wrong, or was reset.</p>", 404)
        if not awaits_authentication(store, attempt):
            return _page("This authentication is over", "<p>Go back to where you came from.</p>", 410)
        return await _decide(store, attempt, request) if request.method == "POST" else _ask(attempt)

    return Route("/_sandbox/3ds/{attempt}", endpoint, methods=["GET", "POST"])


def _ask(attempt: SetupAttempt) -> Response:
    card = attempt.body["payment_method_details"]["card"]
    content = _CHOICE.format(brand=escape(card["brand"]), last4=escape(card["last4"]))
    return _page("Authenticate the card", content, leads_to=attempt.return_url)


async def _decide(store: Store, attempt: SetupAttempt, request: Request) -> Response:
    refuse_other_sites(request)
    call = Call(request.scope["path"], request_id=new_id("req"))
    if await _passed(request):
        with suppress(StripeError):  # The intent tells how it ended.
            authenticate(store, call, attempt)
    else:
        reject(store, call, attempt)
    if attempt.return_url is None:
        return _page("Thank you", "<p>Go back to where you came from.</p>")
    return RedirectResponse(_back(store, attempt, attempt.return_url), 303)


async def _passed(request: Request) -> bool:
    chosen = b""
    async for chunk in request.stream():
        chosen = (chosen + chunk)[:1000]
    return parse_qs(chosen.decode("latin-1")).get("outcome") == ["complete"]


def _back(store: Store, attempt: SetupAttempt, return_url: str) -> str:
    """Returns the address to go back to, with what Stripe adds to it."""
    intent = store.setup_intents.get(attempt.body["setup_intent"])
    told = {
        "setup_intent": attempt.body["setup_intent"],
        "setup_intent_client_secret": intent.body["client_secret"] if intent else "",
        "redirect_status": "succeeded" if attempt.body["status"] == "succeeded" else "failed",
    }
    url = urlsplit(return_url)
    return urlunsplit(url._replace(query="&".join(filter(None, (url.query, urlencode(told))))))


def _page(title: str, content: str, status: int = 200, leads_to: str | None = None) -> Response:
    html = _PAGE.format(title=escape(title), style=_STYLE, content=content)
    return HTMLResponse(html, status, headers={**_SAFE, "content-security-policy": _policy(leads_to)})


_SAFE = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def _policy(leads_to: str | None) -> str:
    """Returns a policy under which the page can do nothing but send its form, and go where that leads."""
    forms = " ".join(filter(None, ("'self'", leads_to and _source(leads_to))))
    return (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {forms}; base-uri 'none';"
        " frame-ancestors 'none'"
    )


def _source(address: str) -> str:
    url = urlsplit(address)
    return f"{url.scheme}://{url.netloc}" if url.scheme in ("http", "https") else f"{url.scheme}:"
