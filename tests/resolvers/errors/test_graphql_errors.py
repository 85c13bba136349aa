"""The log of requests that Stripe refuses although the client did nothing wrong."""

from __future__ import annotations

import httpx
import pytest
from structlog.testing import capture_logs

from quality.harness.clients import Api, Recorder
from serving.settings.settings import Settings

OWN_REQUEST = "stripe refused the service's own request"


def refusing(status):
    error = {"type": "invalid_request_error", "message": "Expired API Key provided: sk_test_abcdefgh"}
    answer = httpx.Response(status, json={"error": error}, headers={"Request-Id": "req_1"})
    return Recorder(httpx.MockTransport(lambda request: answer))


@pytest.mark.parametrize(
    ("status", "name", "text"),
    [
        (401, "AuthenticationError", "Stripe rejected the API key"),
        (403, "PermissionDenied", "The Stripe key lacks a permission"),
        (400, "InvalidRequestError", OWN_REQUEST),
    ],
)
async def test_a_refused_request_is_logged_once_and_then_counted(status, name, text):
    with capture_logs() as events:
        async with Api(Settings(), refusing(status)) as api:
            for _ in range(50):
                answer = await api('{ paymentMethod(id: "pm_1") { id } }')
                assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
            await api.service.aclose()
    first, rest = [event for event in events if event["event"] == text]
    assert (first["log_level"], first["error"], first["status"]) == ("error", name, status)
    assert "request_id=req_1" in first["detail"]
    assert "abcdefgh" not in str(first)
    assert (rest["error"], rest["status"], rest["repeated"]) == (name, status, 49)
