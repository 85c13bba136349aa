import asyncio
import uuid

import httpx
import pytest

from quality.harness import builders
from stripe_api import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PermissionDenied,
    RateLimitError,
    StripeClient,
    StripeError,
)


class Upstream(httpx.AsyncBaseTransport):
    """Answers from a list; an exception in it is raised, a callable asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    async def handle_async_request(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return await answer(request) if callable(answer) else answer

    @property
    def keys(self):
        return [request.headers.get("idempotency-key") for request in self.requests]


def ok(**members):
    return httpx.Response(200, json=builders.payment_method(**members), headers={"request-id": "req_ok"})


def refused(status, headers=None, **members):
    return httpx.Response(status, json=builders.error(**members), headers={"request-id": "req_no", **(headers or {})})


def client(upstream, **options):
    defaults = {"api_key": "sk_test_x", "base_url": "https://stripe.test", "api_version": "2026-10-28.endive"}
    return StripeClient(upstream, **{**defaults, "retry_delay": lambda retry: 0.0, **options})


def stripe(upstream, **options):
    return client(upstream, **options).session()


class TestRequest:
    async def test_carries_key_version_and_agent(self):
        upstream = Upstream(ok())
        await stripe(upstream).payment_methods.retrieve("pm_1")
        headers = upstream.requests[0].headers
        assert headers["authorization"] == "Bearer sk_test_x"
        assert headers["stripe-version"] == "2026-10-28.endive"
        assert headers["user-agent"].startswith("Attache/")
        assert str(upstream.requests[0].url) == "https://stripe.test/v1/payment_methods/pm_1"

    async def test_get_has_its_parameters_in_the_query_and_no_idempotency_key(self):
        upstream = Upstream(ok())
        await stripe(upstream).payment_methods.retrieve("pm_1", expand=["customer"])
        request = upstream.requests[0]
        assert request.url.params["expand[0]"] == "customer"
        assert "idempotency-key" not in request.headers

    async def test_post_has_a_form_body_and_the_given_key(self):
        upstream = Upstream(ok())
        await stripe(upstream).payment_methods.attach("pm_1", customer="cus_1", idempotency_key="k")
        request = upstream.requests[0]
        assert request.content == b"customer=cus_1"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert upstream.keys == ["k"]

    async def test_post_without_a_key_gets_a_uuid(self):
        upstream = Upstream(ok())
        await stripe(upstream).payment_methods.detach("pm_1")
        assert uuid.UUID(upstream.keys[0])

    async def test_an_id_is_percent_encoded(self):
        upstream = Upstream(ok())
        await stripe(upstream).customers.retrieve("a.b@c+d")
        assert upstream.requests[0].url.raw_path.decode() == "/v1/customers/a.b%40c%2Bd"

    @pytest.mark.parametrize("id", ["", ".", "..", "x" * 256, "pm_1/../../customers", "pm_1%2F", "pm_1?x", "pm 1", "é"])
    async def test_an_invalid_id_is_not_sent(self, id):
        upstream = Upstream(ok())
        with pytest.raises(InvalidRequestError) as caught:
            await stripe(upstream).payment_methods.detach(id)
        assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
        assert upstream.requests == []

    async def test_each_call_is_recorded_with_its_endpoint(self):
        upstream = Upstream(ok())
        operation = stripe(upstream)
        await operation.customers.retrieve_payment_method("cus_1", "pm_1")
        (call,) = operation.calls
        assert call.endpoint == "GET /v1/customers/{customer}/payment_methods/{payment_method}"
        assert (call.status, call.request_id, call.tries) == (200, "req_ok", 1)


class TestErrors:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (refused(402, type="card_error", code="card_declined", decline_code="lost_card"), CardError),
            (refused(400, code="parameter_missing"), InvalidRequestError),
            (refused(404, code="resource_missing"), InvalidRequestError),
            (refused(400, type="idempotency_error"), IdempotencyError),
            (refused(409, code="idempotency_key_in_use"), IdempotencyError),
            (refused(401), AuthenticationError),
            (refused(403), PermissionDenied),
            (refused(429, code="rate_limit"), RateLimitError),
            (refused(429, code="lock_timeout"), RateLimitError),
            (refused(400, code="rate_limit"), RateLimitError),
            (refused(424), APIError),
            (refused(500, type="api_error"), APIError),
            (httpx.Response(502, text="<html>Bad gateway</html>"), APIError),
        ],
    )
    async def test_class_follows_type_code_and_status(self, answer, kind):
        with pytest.raises(kind) as caught:
            await stripe(Upstream(answer), max_retries=0).payment_methods.attach("pm_1", customer="cus_1")
        assert type(caught.value) is kind
        assert caught.value.http_status == answer.status_code

    async def test_request_id_is_kept(self):
        with pytest.raises(InvalidRequestError) as caught:
            await stripe(Upstream(refused(400))).payment_methods.retrieve("pm_1")
        assert caught.value.request_id == "req_no"

    async def test_the_text_of_an_error_does_not_contain_stripe_s_message(self):
        answer = refused(401, message="Invalid API Key provided: sk_test_***x", request_log_url="https://log")
        with pytest.raises(AuthenticationError) as caught:
            await stripe(Upstream(answer)).payment_methods.retrieve("pm_1")
        assert "Invalid" not in f"{caught.value} {caught.value!r}"
        assert "log" not in f"{caught.value} {caught.value!r}"

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (httpx.Response(200, text="<html>"), "not a JSON object"),
            (httpx.Response(200, text="[1]"), "not a JSON object"),
            (httpx.Response(200, text="null"), "not a JSON object"),
            (httpx.Response(200, json={"page": "maintenance"}), "not an object of Stripe"),
            (httpx.Response(200, content=b"\xff\xfe"), "not a JSON object"),
            (httpx.Response(200, text='{"a":' * 100_000), "not a JSON object"),
            (httpx.Response(200, text='{"id": "pm_1", "obj'), "not a JSON object"),
            (httpx.Response(204), "unexpected status 204"),
            (httpx.Response(302, headers={"location": "https://elsewhere.test"}), "unexpected status 302"),
            (httpx.Response(500, text='{"error": "text"}'), "no error object"),
        ],
    )
    async def test_an_invalid_response_is_a_clear_error(self, answer, reason):
        upstream = Upstream(answer)
        with pytest.raises(APIError, match=reason):
            await stripe(upstream, max_retries=0).payment_methods.retrieve("pm_1")
        assert len(upstream.requests) == 1

    @pytest.mark.parametrize(
        ("answer", "unknown"),
        [
            (httpx.Response(200, json={}), True),
            (httpx.Response(200, json={"object": "list", "data": []}), True),
            (httpx.Response(200, json={"id": 1}), True),
            (httpx.Response(200, text="<html>"), True),
            (httpx.Response(403, text="<html>Who are you?</html>"), True),
            (httpx.Response(424, json={"error": "no object"}), True),
            (refused(409, code="idempotency_key_in_use"), True),
            (refused(500, type="api_error"), True),
            (refused(400), False),
            (refused(403), False),
            (refused(429, code="rate_limit"), False),
        ],
    )
    async def test_only_stripe_s_own_response_settles_the_outcome_of_a_write(self, answer, unknown):
        with pytest.raises(StripeError) as caught:
            await stripe(Upstream(answer), max_retries=0).payment_methods.attach("pm_1", customer="cus_1")
        assert caught.value.outcome_unknown is unknown

    @pytest.mark.parametrize(
        ("sent", "understood"),
        [
            ('{"id": "pm_\\ud83d"}', {"id": "pm_\ufffd"}),
            ('{"id": 1, "\\udc00": ["\\ud800x"], "n": 1e400}', {"id": 1, "\ufffd": ["\ufffdx"], "n": None}),
            ('{"id": "\\ud83d\\ude00"}', {"id": "😀"}),
            ('{"id": 123456789012345678901234567890}', {"id": 123456789012345678901234567890}),
        ],
    )
    async def test_unusual_but_complete_json_is_parsed(self, sent, understood):
        answer = await stripe(Upstream(httpx.Response(200, text=sent))).payment_methods.retrieve("pm_1")
        assert answer == understood

    @pytest.mark.parametrize("sent", ['{"a": NaN}', '{"a": Infinity}', '{"a": 1} x', "{'a': 1}"])
    async def test_a_body_that_is_not_json_is_rejected(self, sent):
        with pytest.raises(APIError, match="not a JSON object"):
            await stripe(Upstream(httpx.Response(200, text=sent)), max_retries=0).payment_methods.retrieve("pm_1")

    async def test_an_endless_response_is_cut_off(self):
        sent = 0

        async def endless():
            nonlocal sent
            while True:
                sent += 1
                yield b"x" * 65536

        upstream = Upstream(httpx.Response(200, content=endless()))
        with pytest.raises(APIError, match="longer than"):
            await stripe(upstream, max_response_bytes=1_000_000).payment_methods.retrieve("pm_1")
        assert sent < 20


class TestRetries:
    @pytest.mark.parametrize(
        "failure",
        [
            refused(409, code="idempotency_key_in_use"),
            refused(500, type="api_error"),
            refused(503, type="api_error"),
            refused(429, {"Stripe-Should-Retry": "true"}, code="lock_timeout"),
            refused(400, {"Stripe-Should-Retry": "true"}),
            httpx.ReadError("reset"),
            httpx.ConnectError("refused"),
            httpx.ReadTimeout("slow"),
            ConnectionResetError(),
        ],
    )
    async def test_a_temporary_failure_is_retried_with_the_same_key(self, failure):
        upstream = Upstream(failure, failure, ok())
        answer = await stripe(upstream).payment_methods.attach("pm_1", customer="cus_1")
        assert answer["id"] == "pm_1"
        assert len(upstream.requests) == 3
        assert len(set(upstream.keys)) == 1

    @pytest.mark.parametrize(
        "failure",
        [
            refused(400),
            refused(401),
            refused(402, type="card_error"),
            refused(403),
            refused(404),
            refused(429, code="rate_limit"),
            refused(424),
            refused(500, {"Stripe-Should-Retry": "false"}, type="api_error"),
            refused(409, {"Stripe-Should-Retry": "false"}),
        ],
    )
    async def test_a_final_failure_is_not_retried(self, failure):
        upstream = Upstream(failure)
        with pytest.raises(Exception):  # noqa: B017, PT011  # the kinds are tested above
            await stripe(upstream).payment_methods.attach("pm_1", customer="cus_1")
        assert len(upstream.requests) == 1

    async def test_it_stops_after_two_retries(self):
        upstream = Upstream(refused(500, type="api_error"))
        with pytest.raises(APIError):
            await stripe(upstream).payment_methods.retrieve("pm_1")
        assert len(upstream.requests) == 3

    async def test_delays_double_and_stay_within_half_a_second_and_five(self):
        from stripe_api.retries import delay_before_retry

        for retry, cap in ((1, 0.5), (2, 1.0), (3, 2.0), (6, 5.0), (60, 5.0)):
            delays = [delay_before_retry(retry) for _ in range(200)]
            assert min(delays) >= max(0.5, cap / 2)
            assert max(delays) <= cap


class TestDeadlines:
    async def test_a_stalled_attempt_times_out_and_is_retried(self):
        async def stall(request):
            await asyncio.sleep(60)

        upstream = Upstream(stall, ok())
        answer = await stripe(upstream, try_timeout=0.05).payment_methods.attach("pm_1", customer="cus_1")
        assert answer["id"] == "pm_1"
        assert len(set(upstream.keys)) == 1

    async def test_a_slow_response_times_out(self):
        async def drip():
            while True:
                yield b" "
                await asyncio.sleep(0.01)

        upstream = Upstream(httpx.Response(200, content=drip()))
        with pytest.raises(APIConnectionError) as caught:
            await stripe(upstream, try_timeout=0.05, max_retries=0).payment_methods.retrieve("pm_1")
        assert caught.value.timed_out

    async def test_the_operation_s_deadline_applies_to_all_attempts(self):
        async def stall(request):
            await asyncio.sleep(60)

        loop = asyncio.get_running_loop()
        operation = client(Upstream(stall), try_timeout=0.2).session(deadline=loop.time() + 0.3)
        with pytest.raises(APIConnectionError) as caught:
            await operation.payment_methods.attach("pm_1", customer="cus_1")
        assert caught.value.timed_out
        assert caught.value.outcome_unknown

    async def test_no_retry_starts_that_the_deadline_would_cut_off(self):
        upstream = Upstream(refused(500, type="api_error"))
        deadline = asyncio.get_running_loop().time() + 0.3
        operation = client(upstream, retry_delay=lambda retry: 10.0).session(deadline=deadline)
        with pytest.raises(APIError):
            await operation.payment_methods.retrieve("pm_1")
        assert len(upstream.requests) == 1

    async def test_nothing_is_sent_after_the_deadline(self):
        upstream = Upstream(ok())
        operation = client(upstream).session(deadline=asyncio.get_running_loop().time() - 1)
        with pytest.raises(APIConnectionError) as caught:
            await operation.payment_methods.detach("pm_1")
        assert upstream.requests == []
        assert not caught.value.outcome_unknown


NOT_ATTACHED = "The payment method you provided is not attached to a customer so detachment is impossible."


class TestOutcome:
    """Whether a failed write may have taken effect."""

    @pytest.mark.parametrize(
        ("answers", "unknown"),
        [
            ([httpx.ReadError("reset")], True),
            ([httpx.ReadTimeout("slow")], True),
            ([refused(500, type="api_error")], True),
            ([httpx.Response(200, text="<html>")], True),
            ([httpx.ReadError("reset"), refused(429, code="rate_limit")], True),
            ([httpx.ReadError("reset"), httpx.ConnectError("refused")], True),
            ([httpx.ConnectError("refused")], False),
            ([refused(429, code="rate_limit")], False),
            ([refused(400)], False),
            ([httpx.ReadError("reset"), refused(402, type="card_error")], False),
            ([httpx.ReadError("reset"), refused(400)], False),
        ],
    )
    async def test_of_a_write(self, answers, unknown):
        with pytest.raises(Exception) as caught:  # noqa: PT011  # the kinds are tested above
            await stripe(Upstream(*answers)).payment_methods.attach("pm_1", customer="cus_1")
        assert caught.value.outcome_unknown is unknown

    async def test_of_a_read_is_never_unknown(self):
        with pytest.raises(APIConnectionError) as caught:
            await stripe(Upstream(httpx.ReadError("reset"))).payment_methods.retrieve("pm_1")
        assert not caught.value.outcome_unknown


class TestLostDetach:
    async def test_an_unattached_method_after_a_lost_response_counts_as_detached(self):
        upstream = Upstream(httpx.ReadError("reset"), refused(400, message=NOT_ATTACHED), ok())
        answer = await stripe(upstream).payment_methods.detach("pm_1")
        assert answer["customer"] is None
        assert [request.method for request in upstream.requests] == ["POST", "POST", "GET"]

    async def test_without_a_lost_response_it_is_an_error(self):
        upstream = Upstream(refused(400, message=NOT_ATTACHED))
        with pytest.raises(InvalidRequestError) as caught:
            await stripe(upstream).payment_methods.detach("pm_1")
        assert caught.value.condition == "not_attached"

    async def test_a_replayed_error_is_that_of_the_first_attempt(self):
        replayed = refused(400, {"Idempotent-Replayed": "true"}, message=NOT_ATTACHED)
        upstream = Upstream(httpx.ReadError("reset"), replayed)
        with pytest.raises(InvalidRequestError):
            await stripe(upstream).payment_methods.detach("pm_1")
        assert len(upstream.requests) == 2
