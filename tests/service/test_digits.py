"""Only ASCII digits are digits, in what is configured and in what Stripe sends."""

from __future__ import annotations

import httpx
import pytest
from pydantic import ValidationError

from serving.settings.settings import Settings
from stripe_api import RateLimitError
from stripe_api.response import parse_response

OTHER_DIGITS = ["\u0661", "\uff11", "\u0967"]


@pytest.mark.parametrize("digit", OTHER_DIGITS)
@pytest.mark.parametrize("setting", ["stripe_api_version", "max_calls", "operation_deadline"])
def test_a_setting(setting, digit):
    value = f"202{digit}-10-28.endive" if setting == "stripe_api_version" else digit
    with pytest.raises(ValidationError):
        Settings(**{setting: value})


@pytest.mark.parametrize("digit", OTHER_DIGITS)
def test_a_pause_that_stripe_asks_for(digit):
    headers = httpx.Headers([(b"retry-after", digit.encode())])
    with pytest.raises(RateLimitError) as caught:
        parse_response(429, headers, b'{"error": {"type": "invalid_request_error"}}', write=False)
    assert caught.value.retry_after is None
