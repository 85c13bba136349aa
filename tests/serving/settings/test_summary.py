"""The state of the read cache in the log of start-up and in the output of `check`."""

import base64

import pytest

from serving.settings.settings import Settings
from serving.settings.summary import caches_reads, read_cache, summary

KEY = base64.b64encode(bytes(32)).decode()
STRIPE = {"stripe_secret_key": "sk_test_x", "allow_anonymous": True}
STORE = {**STRIPE, "redis_url": "redis://store"}


@pytest.mark.parametrize(
    ("settings", "workers", "says"),
    [
        ({"events": "none"}, 1, "off, because no events come in"),
        ({}, 1, "on, for at most 600 s in this process; several replicas need REDIS_URL"),
        ({"read_cache_seconds": 0}, 1, "off"),
        ({"read_cache_seconds": 600}, 1, "on, for at most 600 s in this process; several replicas need REDIS_URL"),
        ({**STRIPE, "read_cache_seconds": 600}, 2, "off, because several workers share it only with REDIS_URL"),
        (
            {**STORE, "read_cache_seconds": 60},
            2,
            "on, for at most 60 s in Valkey or Redis, not encrypted: READ_CACHE_ENCRYPTION_KEY is unset",
        ),
        (
            {**STORE, "read_cache_seconds": 60, "read_cache_encryption_key": KEY},
            1,
            "on, for at most 60 s in Valkey or Redis, encrypted",
        ),
        (
            {"sandbox": True, "redis_url": "redis://store", "read_cache_seconds": 60},
            1,
            "on, for at most 60 s in this process; several replicas need REDIS_URL",
        ),
    ],
)
def test_the_state_of_the_read_cache(settings, workers, says):
    loaded = Settings(**settings)
    assert read_cache(loaded, workers=workers) == says
    assert caches_reads(loaded, workers=workers) is says.startswith("on")


def test_check_says_whether_reads_are_cached():
    assert "the read cache is on, for at most 5 s in this process" in summary(Settings(read_cache_seconds=5))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "at /webhooks/stripe, signed with one secret"),
        ({"stripe_webhook_secret": "whsec_1,whsec_2"}, "at /webhooks/stripe, signed with one of two secrets"),
        ({"events": "poll"}, "from Stripe's list of events, every 5 s"),
        (STRIPE, "none: changes that others make are noticed on the next read"),
    ],
)
def test_check_says_how_events_come_in(settings, says):
    assert f"events   {says}" in summary(Settings(**settings))


def test_check_says_which_claim_has_the_connected_account():
    options = {"auth_secret": "s" * 32, "allow_anonymous": False, "sandbox": True, "auth_account_claim": "account"}
    secrets = "whsec_1,whsec_2,whsec_3"
    found = summary(Settings(**options, stripe_webhook_secret=secrets))
    assert "the claim stripe_customer_id contains the customer id, account the connected account" in found
    assert "signed with one of three secrets" in found
