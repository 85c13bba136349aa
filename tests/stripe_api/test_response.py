"""Compressed bodies, which some proxies send although the service does not accept them."""

import gzip
import zlib

import httpx
import pytest

from stripe_api import APIError, CardError, StripeClient

BODY = b'{"id": "pm_1", "object": "payment_method"}'
DECLINED = b'{"error": {"type": "card_error", "code": "card_declined", "message": "No."}}'
LIMIT = 100_000
BOMB = b'{"id": "pm_1", "x": "%s"}' % (b"x" * LIMIT)


def stripe(body, encoding, status=200):
    async def chunks():
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    async def answer(request):
        assert request.headers["accept-encoding"] == "identity"
        return httpx.Response(status, content=chunks(), headers={"content-encoding": encoding})

    client = StripeClient(
        httpx.MockTransport(answer), api_key="sk_test_x", base_url="http://stripe", api_version="x", max_retries=0,
        max_response_bytes=LIMIT,
    )  # fmt: skip
    return client.session()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
        ("", bytes),
    ],
)
async def test_a_compressed_body_is_read(encoding, pack):
    assert (await stripe(pack(BODY), encoding).payment_methods.retrieve("pm_1"))["id"] == "pm_1"
    assert (await stripe(pack(BODY), encoding).payment_methods.attach("pm_1", customer="cus_1"))["id"] == "pm_1"
    with pytest.raises(CardError) as caught:
        await stripe(pack(DECLINED), encoding, 402).payment_methods.attach("pm_1", customer="cus_1")
    assert caught.value.code == "card_declined"


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(BOMB), "gzip", "longer than"),
        (gzip.compress(BODY)[:-4], "gzip", "incomplete"),
        (b"", "gzip", "incomplete"),
        (BODY, "gzip", "not compressed as its header says"),
        (BODY, "br", "not requested"),
        (BODY, "gzip, gzip", "not requested"),
    ],
    ids=["too long", "cut short", "empty", "not gzip", "another encoding", "gzip twice"],
)
async def test_an_unreadable_body_is_an_error(body, encoding, reason):
    with pytest.raises(APIError, match=reason) as caught:
        await stripe(body, encoding).payment_methods.attach("pm_1", customer="cus_1")
    assert caught.value.outcome_unknown
    assert caught.value.failure_reason in ("bad_encoding", "response_too_large")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(BODY, "br"), (gzip.compress(b" " * 1_000_000), "gzip")],
    ids=["another encoding", "too long"],
)
async def test_an_unreadable_error_has_its_status(body, encoding):
    with pytest.raises(APIError) as caught:
        await stripe(body, encoding, 502).payment_methods.retrieve("pm_1")
    assert caught.value.http_status == 502
