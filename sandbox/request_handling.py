"""From a request to an answer: the order in which Stripe looks at things."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.endpoints.expansion import expanded, plan
from sandbox.endpoints.routes import Endpoint, match
from sandbox.errors import PermissionRefused, StripeError
from sandbox.http.api_request import Call
from sandbox.http.authentication import Key, authenticate, refuse_other_accounts
from sandbox.http.form import Form
from sandbox.http.reading import DEFAULT_VERSION, api_key, decoded_form, refuse_strange_version
from sandbox.http.request import Incoming
from sandbox.http.response import Answer, json_answer
from sandbox.json_objects import Json
from sandbox.state.idempotency_keys import IdempotencyKeys, Outcome, checked_key
from sandbox.state.ids import new_id
from sandbox.state.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """A request that has been let in. `perform` does it, at once and whole.

    `abandon` frees its idempotency key; `remember` has the key remember another answer than the true one.
    """

    perform: Callable[[], Answer]
    abandon: Callable[[], None] = lambda: None
    remember: Callable[[Answer], None] = lambda answer: None


@dataclass(frozen=True)
class _Request:
    """What is known of a request before its parameters are looked at."""

    id: str
    incoming: Incoming
    endpoint: Endpoint
    ids: dict[str, str]
    form: Form
    key: str | None
    publishable: bool

    @property
    def answers(self) -> str:
        """The kind of object that the caller gets to see."""
        return self.endpoint.public_answers if self.publishable else self.endpoint.answers


class Api:
    """Stripe's endpoints over one store."""

    def __init__(self, store: Store, *, public_url: str | None = None) -> None:
        self.store = store
        self._public_url = public_url and public_url.rstrip("/")
        self.keys = IdempotencyKeys(store.clock)

    def accept(self, incoming: Incoming) -> Work:
        """Returns the work that a request asks for; for one that is refused or repeated, the answer is ready."""
        request_id = new_id("req")
        try:
            request = self._read(incoming, request_id)
            repeated = self.keys.claim(request.key, _fingerprint(request)) if request.key else None
        except StripeError as error:
            return self._ready(self._refusal(error, request_id), incoming, request_id)
        if repeated:
            return self._ready(_again(repeated), incoming, request_id)
        return Work(
            lambda: self._perform(request), lambda: self._abandon(request), lambda answer: self._keep(request, answer)
        )

    def _ready(self, answer: Answer, incoming: Incoming, request_id: str) -> Work:
        finished = answer.with_headers(_headers(incoming, request_id, answer))
        return Work(lambda: finished)

    def _abandon(self, request: _Request) -> None:
        if request.key:
            self.keys.forget(request.key)

    def _keep(self, request: _Request, answer: Answer) -> None:
        if request.key:
            self.keys.keep(request.key, Outcome(answer, request.id))

    def _read(self, incoming: Incoming, request_id: str) -> _Request:
        publishable = authenticate(api_key(incoming)) is Key.PUBLISHABLE
        refuse_other_accounts(incoming.headers)
        refuse_strange_version(incoming.headers)
        endpoint, ids = match(incoming.method, incoming.path)
        if publishable and not endpoint.public_answers:
            raise PermissionRefused(
                "This API call cannot be made with a publishable API key. Please use a secret API key.",
                code="secret_key_required",
            )
        key = incoming.headers.get("idempotency-key") if incoming.method == "POST" else None
        return _Request(
            id=request_id,
            incoming=incoming,
            endpoint=endpoint,
            ids=dict(ids),
            form=decoded_form(incoming),
            key=checked_key(key) if key else None,
            publishable=publishable,
        )

    def _perform(self, request: _Request) -> Answer:
        answer, remembered = self._outcome(request)
        if remembered:
            self._keep(request, answer)
        else:
            self._abandon(request)
        return answer.with_headers(_headers(request.incoming, request.id, answer))

    def _outcome(self, request: _Request) -> tuple[Answer, bool]:
        try:
            return json_answer(200, self._run(request)), True
        except StripeError as error:
            return self._refusal(error, request.id), error.remembered
        except Exception:
            logger.exception("The sandbox failed at %s %s", request.incoming.method, request.incoming.path)
            return self._refusal(_Failure("The sandbox failed; its log says how."), request.id), True

    def _run(self, request: _Request) -> Json:
        params = request.endpoint.parameters.read_form(request.form)
        wanted = plan(params.pop("expand", ()), request.answers)
        call = Call(
            path=request.incoming.path,
            ids=request.ids,
            params=params,
            request_id=request.id,
            idempotency_key=request.key,
            origin=self._public_url or request.incoming.origin,
            publishable=request.publishable,
        )
        body: Json = expanded(self.store, request.endpoint.handle(self.store, call), wanted, request.answers)
        return body

    def _refusal(self, error: StripeError, request_id: str) -> Answer:
        return json_answer(error.status, error.body(request_id, self.store.now()))


class _Failure(StripeError):
    type = "api_error"
    status = 500


def _fingerprint(request: _Request) -> str:
    return json.dumps([request.incoming.path, request.publishable, request.form], sort_keys=True)


def _again(outcome: Outcome) -> Answer:
    return outcome.answer.with_headers({"idempotent-replayed": "true", "original-request": outcome.request_id})


def _headers(incoming: Incoming, request_id: str, answer: Answer) -> dict[str, str]:
    headers = {
        "request-id": request_id,
        "stripe-version": incoming.headers.get("stripe-version", DEFAULT_VERSION),
        "cache-control": "no-cache, no-store",
    }
    key = incoming.headers.get("idempotency-key")
    if key and incoming.method == "POST":
        headers |= {"idempotency-key": key, "original-request": answer.headers.get("original-request", request_id)}
    if answer.status == 401:
        headers["www-authenticate"] = 'Bearer realm="Stripe"'
    return headers
