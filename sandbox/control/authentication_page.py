"""The page of the payer's bank or wallet, on which the payer completes or fails 3-D Secure, or another approval."""

import base64
import hashlib
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.control.same_origin import check_origin
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.http.request import read_body
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.payment_attempt import PaymentAttempt
from sandbox.operations.intents.continue_intent import complete, find_attempt, intent_of, reject
from sandbox.state.ids import new_id
from sandbox.state.store import Store

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "authentication_page.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE = (_FOLDER / "authentication_page.html").read_text(encoding="utf-8")
_FORM = """<p>{explanation} {effect}</p>
<form method="post">
<button name="outcome" value="complete">Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button>
</form>"""


def authentication_routes(store: Store) -> list[Route]:
    """Returns the routes of the page. Each attempt has its own URL."""

    async def endpoint(request: Request) -> Response:
        # Read before the attempt is checked: while a body arrives, another request may end the attempt.
        outcome = parse_qs((await read_body(request) or b"").decode("latin-1")).get("outcome")
        id = request.path_params["attempt"]
        account = next((one for one in store.all_accounts() if find_attempt(one, id)), store)
        attempt = find_attempt(account, id)
        if attempt is None:
            return _page("Unknown authentication", "<p>The address is wrong, or the sandbox was reset.</p>", 404)
        if not intent_of(account, attempt).awaits_payer(attempt.id):
            return _page("This authentication has ended", "<p>You can close this page.</p>", 410)
        if request.method != "POST":
            return _form(attempt)
        check_origin(request)
        return _finish(account, attempt, request.url.path, is_completed=outcome == ["complete"])

    paths = ("/_sandbox/3ds/{attempt}", "/_sandbox/redirects/{attempt}")
    return [Route(path, endpoint, methods=["GET", "POST"]) for path in paths]


def _form(attempt: Attempt) -> Response:
    if attempt.type == "card":
        card = attempt.body["payment_method_details"]["card"]
        title = "Authenticate the card"
        explanation = f"A test of 3-D Secure for the {card['brand']} card ending in {card['last4']}."
    else:
        title, explanation = "Approve the payment method", f"A test of the payment method type {attempt.type}."
    is_payment = isinstance(attempt, PaymentAttempt)
    effect = "The payment succeeds without any money." if is_payment else "Nothing is charged."
    form = _FORM.format(explanation=escape(explanation), effect=effect)
    return _page(title, form, return_url=attempt.return_url)


def _finish(store: Store, attempt: Attempt, path: str, *, is_completed: bool) -> Response:
    request = ApiRequest(path, request_id=new_id("req"))
    if is_completed:
        with suppress(StripeError):  # The intent's error tells the result.
            complete(store, request, attempt)
    else:
        reject(store, request, attempt)
    if attempt.return_url is None:
        return _page("Thank you", "<p>You can close this page.</p>")
    return RedirectResponse(_redirect_url(store, attempt, attempt.return_url), 303)


def _redirect_url(store: Store, attempt: Attempt, return_url: str) -> str:
    """Returns the `return_url` with the parameters that Stripe adds to it."""
    intent = intent_of(store, attempt)
    # A payment of a debit is still processing, and one that the server confirms again is not finished.
    is_refused = intent.status in ("requires_payment_method", "canceled")
    params = {
        intent.name: intent.id,
        f"{intent.name}_client_secret": intent.body["client_secret"],
        "redirect_status": "failed" if is_refused else "succeeded",
    }
    url = urlsplit(return_url)
    return urlunsplit(url._replace(query="&".join(filter(None, (url.query, urlencode(params))))))


def _page(title: str, content: str, status: int = 200, return_url: str | None = None) -> Response:
    html = _PAGE.format(title=escape(title), style=_STYLE, content=content)
    return HTMLResponse(html, status, headers={**_HEADERS, "content-security-policy": _policy(return_url)})


_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def _policy(return_url: str | None) -> str:
    """Returns a policy that allows the page only its style and its form, which redirects to `return_url`."""
    forms = " ".join(filter(None, ("'self'", return_url and _source(return_url))))
    return (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {forms}; base-uri 'none';"
        " frame-ancestors 'none'"
    )


def _source(return_url: str) -> str:
    url = urlsplit(return_url)
    return f"{url.scheme}://{url.netloc}" if url.scheme in ("http", "https") else f"{url.scheme}:"
