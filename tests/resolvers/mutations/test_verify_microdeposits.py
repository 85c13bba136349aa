import asyncio
from collections import Counter

import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import JENNY
from sandbox import Fault
from serving.settings.settings import Settings
from tests.resolvers.mutations.setup_stripe import INTENT, SetupStripe
from tests.support.bank_accounts import intent_to_verify

VERIFY = """mutation($input: VerifyMicrodepositsInput!) { verifyMicrodeposits(input: $input) {
  setupIntent { status } errors { __typename code path message requestId
    ... on VerificationFailedError { reason attemptsRemaining } } } }"""
VERIFY_CALL = "POST /v1/setup_intents/:seti/verify_microdeposits"
READ_CALL = "GET /v1/setup_intents/:seti"
CODE = "payment_method_microdeposit_verification_"


@pytest.fixture
def upstream():
    return SetupStripe()


@pytest.fixture
async def side(upstream):
    async with Api(Settings(), upstream.recorder) as api:
        yield api


@pytest.fixture
def verify(side):
    async def verify(id=INTENT, customer=None, **input):
        headers = bearer(Settings(), customer=customer) if customer else {}
        request = {"query": VERIFY, "variables": {"input": {"setupIntentId": id, **input}}}
        return (await side.http.post("/graphql", json=request, headers=headers)).json()["data"]["verifyMicrodeposits"]

    return verify


@pytest.mark.parametrize(
    ("input", "form"),
    [
        ({"amounts": [32, 45]}, {"amounts[0]": "32", "amounts[1]": "45"}),
        ({"descriptorCode": "SM11AA"}, {"descriptor_code": "SM11AA"}),
    ],
)
async def test_a_service_needs_one_call(verify, upstream, input, form):
    assert await verify(**input) == {"setupIntent": {"status": "SUCCEEDED"}, "errors": []}
    assert upstream.recorder.calls == [VERIFY_CALL]
    assert upstream.recorder.form() == form


async def test_a_customer_needs_a_second_call(verify, upstream):
    assert (await verify(customer="cus_1", amounts=[32, 45]))["errors"] == []
    assert upstream.recorder.calls == [READ_CALL, VERIFY_CALL]


async def test_another_customer_s_is_not_found(verify, upstream):
    (error,) = (await verify(customer="cus_2", amounts=[32, 45]))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "setupIntentId"])
    assert upstream.recorder.calls == [READ_CALL]


@pytest.mark.parametrize(
    ("input", "path"),
    [
        ({}, "amounts"),
        ({"amounts": [32, 45], "descriptorCode": "SM11AA"}, "descriptorCode"),
        ({"amounts": [32]}, "amounts"),
        ({"amounts": [32, 45, 1]}, "amounts"),
        ({"amounts": [0, 45]}, "amounts"),
        ({"descriptorCode": ""}, "descriptorCode"),
    ],
)
async def test_what_can_t_be_right_is_not_sent(verify, upstream, input, path):
    (error,) = (await verify(**input))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", path])
    assert upstream.recorder.calls == []


@pytest.mark.parametrize(
    ("code", "message", "path", "reason", "left"),
    [
        (
            f"{CODE}amounts_mismatch",
            "The amounts provided do not match the amounts that were sent to the bank account. You have 8 verification"
            " attempts remaining.",
            "amounts",
            "MISMATCH",
            8,
        ),
        (f"{CODE}amounts_mismatch", "You have 1 verification attempt remaining.", "amounts", "MISMATCH", 1),
        (f"{CODE}descriptor_code_mismatch", "A text without a number.", "descriptorCode", "MISMATCH", None),
        ("payment_method_microdeposit_failed", "No deposits.", "setupIntentId", "NOT_SENT", None),
        (f"{CODE}attempts_exceeded", "Too many.", "setupIntentId", "ATTEMPTS_EXCEEDED", None),
        (f"{CODE}timeout", "Too late.", "setupIntentId", "TIMEOUT", None),
    ],
)
async def test_a_failed_verification_is_typed(verify, upstream, code, message, path, reason, left):
    upstream.refuse(code=code, message=message)
    payload = await verify(amounts=[1, 2])
    (error,) = payload["errors"]
    assert payload["setupIntent"] is None
    assert (error["__typename"], error["code"]) == ("VerificationFailedError", "VERIFICATION_FAILED")
    assert (error["path"], error["reason"], error["attemptsRemaining"]) == (["input", path], reason, left)
    assert error["requestId"] == "req_1"


@pytest.mark.parametrize(
    ("refusal", "code", "path"),
    [
        ({"code": "intent_invalid_state"}, "INVALID_STATE", "setupIntentId"),
        ({"code": f"{CODE}amounts_invalid"}, "INVALID_INPUT", "amounts"),
        ({"param": "amounts[0]"}, "INVALID_INPUT", "amounts"),
        ({"status": 404, "code": "resource_missing", "param": "intent"}, "NOT_FOUND", "setupIntentId"),
        ({"type": "idempotency_error"}, "IDEMPOTENCY_CONFLICT", "idempotencyKey"),
    ],
)
async def test_other_refusals(verify, upstream, refusal, code, path):
    upstream.refuse(**refusal)
    (error,) = (await verify(amounts=[1, 2]))["errors"]
    assert (error["code"], error["path"]) == (code, ["input", path])


class TestOverTheSandbox:
    @pytest.fixture
    async def waiting(self, sandbox):
        return await intent_to_verify(sandbox, JENNY)

    async def send(self, api, id, **input):
        return (await api.data(VERIFY, input={"setupIntentId": id, **input}))["verifyMicrodeposits"]

    async def test_it_says_what_to_verify_and_then_saves_it(self, api, waiting):
        query = """query($id: ID!) { setupIntent(id: $id) { status paymentMethod { id } mandate { id }
          nextAction { type verifyWithMicrodeposits { arrivalDate hostedVerificationUrl microdepositType } } } }"""
        intent = (await api.data(query, id=waiting))["setupIntent"]
        assert (intent["status"], intent["mandate"]) == ("REQUIRES_ACTION", None)
        assert intent["nextAction"]["type"] == "verify_with_microdeposits"
        assert intent["nextAction"]["verifyWithMicrodeposits"]["microdepositType"] == "descriptor_code"
        assert (await self.send(api, waiting, descriptorCode="SM11AA"))["setupIntent"]["status"] == "SUCCEEDED"
        intent = (await api.data(query, id=waiting))["setupIntent"]
        assert (intent["status"], intent["nextAction"]) == ("SUCCEEDED", None)
        assert intent["mandate"]["id"].startswith("mandate_")

    @pytest.mark.parametrize(
        ("code", "reason"), [("SM0000", "MISMATCH"), ("SM33CC", "ATTEMPTS_EXCEEDED"), ("SM44DD", "TIMEOUT")]
    )
    async def test_a_failed_verification_is_typed(self, api, waiting, code, reason):
        (error,) = (await self.send(api, waiting, descriptorCode=code))["errors"]
        assert (error["__typename"], error["reason"]) == ("VerificationFailedError", reason)

    async def test_after_success_it_is_too_late(self, api, waiting):
        await self.send(api, waiting, amounts=[32, 45])
        (error,) = (await self.send(api, waiting, amounts=[32, 45]))["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidStateError", ["input", "setupIntentId"])

    async def test_the_same_key_is_done_once_and_answered_alike(self, api, waiting, sandbox):
        first = await self.send(api, waiting, amounts=[32, 45], idempotencyKey="k")
        assert await self.send(api, waiting, amounts=[32, 45], idempotencyKey="k") == first
        assert sandbox.ledger.operations().count("payment_method.attached") == 1

    async def test_the_same_key_with_other_input_is_a_conflict(self, api, waiting):
        await self.send(api, waiting, descriptorCode="SM0000", idempotencyKey="k")
        (error,) = (await self.send(api, waiting, descriptorCode="SM11AA", idempotencyKey="k"))["errors"]
        assert error["code"] == "IDEMPOTENCY_CONFLICT"

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "truncate"])
    async def test_a_retry_completes_a_failed_mutation(self, api, waiting, sandbox, quick, kind):
        sandbox.faults.add(Fault(kind, path="/verify_microdeposits$"))
        assert (await self.send(api, waiting, amounts=[32, 45]))["setupIntent"]["status"] == "SUCCEEDED"
        assert sandbox.ledger.operations().count("payment_method.attached") == 1

    async def test_fifty_at_once_save_it_once(self, api, waiting, sandbox):
        payloads = await asyncio.gather(*(self.send(api, waiting, amounts=[32, 45]) for _ in range(50)))
        outcomes = Counter(payload["errors"][0]["code"] if payload["errors"] else "DONE" for payload in payloads)
        assert outcomes == {"DONE": 1, "INVALID_STATE": 49}
        assert sandbox.ledger.operations().count("payment_method.attached") == 1
