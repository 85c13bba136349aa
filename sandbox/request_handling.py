"""How an API request becomes a response, in the order in which Stripe checks it."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from sandbox.endpoints.expansion import expand, parse_expand
from sandbox.endpoints.routes import Endpoint, find_endpoint
from sandbox.errors import PermissionDenied, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.http.api_version import check_version, requested_version
from sandbox.http.authentication import ApiKey, KeyType, authenticate, connected_account, form_without_key, no_access
from sandbox.http.customer_access import CustomerAccess
from sandbox.http.form import Form
from sandbox.http.request import HttpRequest
from sandbox.http.response import HttpResponse, json_response
from sandbox.json_object import Json
from sandbox.operations.customers.check_customer_access import check_endpoint, check_objects, find_access
from sandbox.state.idempotency_keys import checked_key
from sandbox.state.ids import new_id
from sandbox.state.store import Store

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PreparedRequest:
    """A request that can be executed by calling `run`, which returns the response.

    `release_key` makes its idempotency key available again, `store_response` replaces the response that it replays.
    """

    run: Callable[[], HttpResponse]
    release_key: Callable[[], None] = lambda: None
    store_response: Callable[[HttpResponse], None] = lambda response: None


@dataclass(frozen=True)
class _CheckedRequest:
    """A request whose parameters have not been parsed yet, and the store of the account for which it is made."""

    store: Store
    http: HttpRequest
    endpoint: Endpoint
    form: Form
    api: ApiRequest

    @property
    def returns(self) -> str:
        """The type of the response, as the caller may see it."""
        return f"public_{self.endpoint.returns}" if self.api.publishable else self.endpoint.returns

    @property
    def fingerprint(self) -> str:
        """Identifies the request's content for its idempotency key."""
        key = self.api.access.key_id if self.api.access else None
        return json.dumps([self.http.path, self.api.publishable, key, self.form], sort_keys=True)


class RequestHandler:
    """Handles requests to Stripe's endpoints over one store."""

    def __init__(self, store: Store, *, public_url: str | None = None) -> None:
        self.store = store
        self._public_url = public_url and public_url.rstrip("/")

    def prepare(self, http: HttpRequest) -> PreparedRequest:
        """Checks the request. If it is refused or replayed, running it returns the response that is already known."""
        request_id = new_id("req")
        try:
            request = self._check(http, request_id)
            key, keys = request.api.idempotency_key, request.store.idempotency_keys
            replayed = keys.claim(key, request.fingerprint, request_id)
        except StripeError as error:
            return _finished(self._error_response(error, request_id), http, request_id)
        if replayed:
            return _finished(replayed, http, request_id)
        return PreparedRequest(
            run=lambda: self._run(request),
            release_key=lambda: keys.release(key),
            store_response=lambda response: keys.store(key, response),
        )

    def _check(self, http: HttpRequest, request_id: str) -> _CheckedRequest:
        api_key = authenticate(http)
        publishable = api_key.type is KeyType.PUBLISHABLE
        store = self._store_of(connected_account(http.headers))
        access = _access(store, api_key)
        check_version(http.headers, is_required=api_key.type is KeyType.EPHEMERAL)
        endpoint, ids = find_endpoint(http.method, http.path)
        check_version(http.headers, is_required=endpoint.needs_version)
        if access:
            check_endpoint(access, endpoint.method, endpoint.path)
        if publishable and not endpoint.public:
            message = "This API call cannot be made with a publishable API key. Please use a secret API key."
            raise PermissionDenied(message, code="secret_key_required")
        form = form_without_key(http)
        key = checked_key(_idempotency_key(http))
        base_url = self._public_url or http.base_url
        user_agent = http.headers.get("user-agent")
        api = ApiRequest(
            http.path, ids, {}, request_id, key, base_url, publishable, access, http.ip_address, user_agent
        )
        return _CheckedRequest(store, http, endpoint, form, api)

    def _store_of(self, account: str | None) -> Store:
        if account is None:
            return self.store
        if account not in self.store.connected:
            raise no_access(account)
        return self.store.connected[account]

    def _run(self, request: _CheckedRequest) -> HttpResponse:
        response, replayable = self._response(request)
        if replayable:
            request.store.idempotency_keys.store(request.api.idempotency_key, response)
        else:
            request.store.idempotency_keys.release(request.api.idempotency_key)
        return response.with_headers(_headers(request.http, request.api.request_id, response))

    def _response(self, request: _CheckedRequest) -> tuple[HttpResponse, bool]:
        """Returns the response, and whether the idempotency key replays it."""
        try:
            return json_response(200, self._call_endpoint(request)), True
        except StripeError as error:
            return self._error_response(error, request.api.request_id), error.replayable
        except Exception:
            logger.exception("The sandbox failed at %s %s", request.http.method, request.http.path)
            failure = _InternalError("The sandbox failed. See its log.")
            return self._error_response(failure, request.api.request_id), True

    def _call_endpoint(self, request: _CheckedRequest) -> Json:
        params = request.endpoint.parameters.parse_form(request.form)
        expansions = parse_expand(params.pop("expand", ()), request.returns)
        api = replace(request.api, params=params)
        if api.access:
            check_objects(request.store, api.access, api)
        body = request.endpoint.handle(request.store, api)
        expanded: Json = expand(request.store, body, expansions, request.returns)
        return expanded

    def _error_response(self, error: StripeError, request_id: str) -> HttpResponse:
        return json_response(error.status, error.response_body(request_id, self.store.now()))


class _InternalError(StripeError):
    type = "api_error"
    status = 500


def _access(store: Store, key: ApiKey) -> CustomerAccess | None:
    """Returns what the key of a customer allows, or None for a key of the account."""
    return find_access(store, key.text) if key.type in (KeyType.EPHEMERAL, KeyType.CUSTOMER_SESSION) else None


def _idempotency_key(http: HttpRequest) -> str | None:
    return (http.headers.get("idempotency-key") or None) if http.method == "POST" else None


def _finished(response: HttpResponse, http: HttpRequest, request_id: str) -> PreparedRequest:
    finished = response.with_headers(_headers(http, request_id, response))
    return PreparedRequest(run=lambda: finished)


def _headers(http: HttpRequest, request_id: str, response: HttpResponse) -> dict[str, str]:
    version = requested_version(http.headers)
    headers = {"request-id": request_id, "stripe-version": version, "cache-control": "no-cache, no-store"}
    if key := _idempotency_key(http):
        headers |= {"idempotency-key": key, "original-request": response.headers.get("original-request", request_id)}
    if response.status == 401:
        headers["www-authenticate"] = 'Bearer realm="Stripe"'
    return headers
