"""Webhook endpoints: create, retrieve, update, delete and list."""

from sandbox.endpoints.pagination import page
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.webhooks.signing_secrets import SigningSecrets
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint, new_body, updated_body
from sandbox.state.ids import new_id, new_webhook_secret
from sandbox.state.store import Store

MAX_ENDPOINTS = 16


def create(store: Store, request: ApiRequest) -> Json:
    """POST /v1/webhook_endpoints. Returns the endpoint. Only this response has its secret."""
    params = request.params
    if params.get("connect") and store.platform:
        raise StripeError("A connected account has no connected accounts of its own.", param="connect")
    if len(store.webhook_endpoints) >= MAX_ENDPOINTS:
        raise StripeError(f"You have reached the maximum of {MAX_ENDPOINTS} test webhook endpoints.")
    blank = new_body(new_id("we"), params["url"], params["enabled_events"], store.now(), params.get("api_version"))
    secrets = SigningSecrets(new_webhook_secret())
    endpoint = WebhookEndpoint(updated_body(blank, params), secrets=secrets, connect=params.get("connect", False))
    store.webhook_endpoints.add(endpoint)
    return {**endpoint.body, "secret": endpoint.secrets.current}


def retrieve(store: Store, request: ApiRequest) -> Json:
    """GET /v1/webhook_endpoints/{webhook_endpoint}. Returns the endpoint."""
    return _endpoint(store, request).body


def update(store: Store, request: ApiRequest) -> Json:
    """POST /v1/webhook_endpoints/{webhook_endpoint}. Returns the updated endpoint."""
    endpoint = _endpoint(store, request)
    endpoint.body = updated_body(endpoint.body, request.params)
    return endpoint.body


def delete(store: Store, request: ApiRequest) -> Json:
    """DELETE /v1/webhook_endpoints/{webhook_endpoint}. Returns a stub."""
    endpoint = _endpoint(store, request)
    store.webhook_endpoints.remove(endpoint.id)
    return {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}


def list_all(store: Store, request: ApiRequest) -> Json:
    """GET /v1/webhook_endpoints. Returns a page of the endpoints, newest first."""
    return page(list(store.webhook_endpoints.newest_first()), store.webhook_endpoints, request)


def _endpoint(store: Store, request: ApiRequest) -> WebhookEndpoint:
    return store.webhook_endpoints.find(request.ids["webhook_endpoint"], "webhook_endpoint", status=404)
