import asyncio
import time

import jwt
import pytest
from structlog.testing import capture_logs

from serving.auth.issuer_keys import PAUSE_SECONDS, FetchFailed, IssuersKeys, fetch_json
from serving.auth.tokens import (
    Authenticator,
    IssuerUnavailable,
    Unauthenticated,
)
from serving.settings.settings import Settings
from tests.support.issuer import AUDIENCE, Issuer


@pytest.fixture
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.close()


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def settings_for(issuer, **options):
    return Settings(sandbox=True, auth_issuer=issuer.url, auth_audience=AUDIENCE, allow_anonymous=False, **options)


def authenticator_for(issuer, clock=time.monotonic, **options):
    settings = settings_for(issuer, **options)
    return Authenticator(settings, IssuersKeys(fetch_json, issuer=issuer.url, clock=clock))


@pytest.mark.parametrize("error", [FetchFailed("issuer.test:8443", "dns"), ValueError("no usable keys")])
async def test_a_failed_fetch_is_logged_with_the_issuer_s_host(error):
    async def fail(url):
        raise error

    keys = IssuersKeys(fail, issuer="https://user:secret@issuer.test:8443/tenant")
    with capture_logs() as events, pytest.raises(IssuerUnavailable):
        await keys.find(jwt.encode({}, "s" * 32, algorithm="HS256"))
    reason = "dns" if isinstance(error, FetchFailed) else "unusable"
    assert [(event["issuer"], event["reason"]) for event in events] == [("issuer.test:8443", reason)]


class TestKeys:
    async def test_they_are_found_by_discovery_and_kept(self, issuer):
        authenticator = authenticator_for(issuer)
        for number in range(5):
            await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id=f'cus_{number}')}")
        assert issuer.fetches == ["/.well-known/openid-configuration", "/jwks"]

    async def test_an_address_given_makes_discovery_needless(self, issuer):
        keys = IssuersKeys(fetch_json, issuer=issuer.url, jwks_url=f"{issuer.url}/jwks")
        authenticator = Authenticator(settings_for(issuer), keys)
        await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id='cus_1')}")
        assert issuer.fetches == ["/jwks"]

    async def test_a_new_key_is_fetched_when_a_token_names_it(self, issuer):
        clock = Clock()
        authenticator = authenticator_for(issuer, clock)
        await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id='cus_1')}")
        issuer.rotate("ES256")
        clock.now += PAUSE_SECONDS + 1
        assert await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id='cus_1')}")

    async def test_a_withdrawn_key_is_taken_no_more_once_the_keys_are_stale(self, issuer):
        clock = Clock()
        keys = IssuersKeys(fetch_json, issuer=issuer.url, clock=clock)
        old = issuer.sign(stripe_customer_id="cus_1")
        await keys.find(old)
        issuer.rotate("RS256", keep=False)
        clock.now += 3601
        assert await keys.find(old)
        await keys._fetching
        with pytest.raises(Unauthenticated):
            await keys.find(old)

    async def test_an_issuer_that_hangs_at_the_refresh_delays_no_known_key(self, issuer):
        clock, fetches = Clock(), 0

        async def fetch(url):
            nonlocal fetches
            fetches += 1
            if fetches > 1:
                await asyncio.Event().wait()
            return await fetch_json(url)

        keys = IssuersKeys(fetch, issuer=issuer.url, jwks_url=f"{issuer.url}/jwks", clock=clock)
        token = issuer.sign(stripe_customer_id="cus_1")
        await keys.find(token)
        clock.now += 3601
        assert keys._fetching is None
        for _ in range(3):
            # Nothing is awaited that could hang: the coroutine ends in its first step.
            with pytest.raises(StopIteration):
                keys.find(token).send(None)
            clock.now += PAUSE_SECONDS + 1
        await asyncio.sleep(0)
        assert fetches == 2
        await keys.aclose()

    async def test_garbage_key_ids_do_not_hammer_the_issuer(self, issuer):
        authenticator = authenticator_for(issuer)
        await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id='cus_1')}")
        issuer.fetches.clear()

        async def attempt(number):
            token = issuer.sign(stripe_customer_id="cus_1", headers={"kid": f"garbage-{number}"})
            with pytest.raises(Unauthenticated):
                await authenticator.caller(f"Bearer {token}")

        await asyncio.gather(*(attempt(number) for number in range(200)))
        assert len(issuer.fetches) <= 2

    async def test_a_thousand_at_once_share_the_first_fetch(self, issuer):
        authenticator = authenticator_for(issuer)
        tokens = [issuer.sign(stripe_customer_id=f"cus_{number}") for number in range(50)]
        callers = await asyncio.gather(*(authenticator.caller(f"Bearer {token}") for token in tokens * 20))
        assert len({caller.customer_id for caller in callers}) == 50
        assert len(issuer.fetches) == 2

    async def test_known_keys_are_used_while_the_issuer_is_unavailable(self, issuer):
        clock = Clock()
        keys = IssuersKeys(fetch_json, issuer=issuer.url, clock=clock)
        await keys.find(issuer.sign(stripe_customer_id="cus_1"))
        issuer.broken = True
        clock.now += 4000
        for _ in range(2):
            assert await keys.find(issuer.sign(stripe_customer_id="cus_2"))
            await asyncio.wait([keys._fetching])
            clock.now += PAUSE_SECONDS + 1

    async def test_without_any_keys_no_token_can_be_verified(self, issuer):
        issuer.broken = True
        clock = Clock()
        authenticator = authenticator_for(issuer, clock)
        with pytest.raises(IssuerUnavailable):
            await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id='cus_1')}")
        issuer.broken = False
        clock.now += PAUSE_SECONDS + 1
        assert await authenticator.caller(f"Bearer {issuer.sign(stripe_customer_id='cus_1')}")

    @pytest.mark.parametrize(
        "document",
        [
            {"issuer": "https://elsewhere.example", "jwks_uri": "http://127.0.0.1:1/jwks"},
            {"issuer": "http://issuer.test"},
            {"issuer": "http://issuer.test", "jwks_uri": 5},
            {"issuer": "http://issuer.test", "jwks_uri": "file:///etc/passwd"},
            {},
        ],
    )
    async def test_a_discovery_document_of_another_is_refused(self, issuer, document):
        async def fetch(url):
            return document

        with pytest.raises(IssuerUnavailable):
            await IssuersKeys(fetch, issuer="http://issuer.test").find(issuer.sign())

    @pytest.mark.parametrize(
        "keys",
        [[], None, [5], [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}], [{"kty": "RSA", "kid": "a"}], [{"use": "enc"}]],
    )
    async def test_keys_that_can_not_be_used_are_passed_over(self, issuer, keys):
        async def fetch(url):
            return {"keys": keys}

        with pytest.raises(IssuerUnavailable):
            await IssuersKeys(fetch, issuer=issuer.url, jwks_url="http://issuer.test/jwks").find(issuer.sign())

    async def test_a_token_without_a_key_id_is_held_to_the_only_key(self, issuer):
        keys = (await fetch_json(f"{issuer.url}/jwks"))["keys"]

        async def fetch(url):
            return {"keys": [{name: value for name, value in keys[0].items() if name not in ("kid", "alg")}]}

        authenticator = Authenticator(settings_for(issuer), IssuersKeys(fetch, issuer=issuer.url, jwks_url="http://x"))
        _, private = issuer._private[issuer.newest]
        now = int(time.time())
        claims = {"iss": issuer.url, "aud": AUDIENCE, "exp": now + 60, "stripe_customer_id": "cus_1"}
        token = jwt.encode(claims, private, algorithm="PS256")
        assert (await authenticator.caller(f"Bearer {token}")).customer_id == "cus_1"
