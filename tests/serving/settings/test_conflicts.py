import pytest

from serving.settings.errors import SettingsError
from serving.settings.groups.callers import EXAMPLE_SECRET, SANDBOX_SECRET
from serving.settings.settings import load

SECRET = "s" * 32
LIVE = {"STRIPE_SECRET_KEY": "rk_live_verysecret"}
TEST = {"STRIPE_SECRET_KEY": "sk_test_verysecret"}
OIDC = {"AUTH_ISSUER": "https://issuer.example", "AUTH_AUDIENCE": "attache"}
WITHOUT_A_KEY = [
    OIDC,
    {"STRIPE_SECRET_KEY": "", **OIDC},
    {"STRIPE_SECRET_KEY": " ", "AUTH_SECRET": SECRET},
    {"STRIPE_SECERT_KEY": "sk_live_verysecret", **OIDC},
    {"AUTH_CUSTOMER_CLAIM": "customer"},
    {"REDIS_URL": "redis://store"},
]
KEYS = (LIVE, TEST)
NO_ORIGINS = (
    *("*", "null", "shop.example", "https://", "https://*.shop.example", "https://shop.example/path"),
    *("https://shop.example/", "https://user@shop.example", "https://[", "https://[::1", "https://127.1"),
    *("https://shop.example:99999", "https://shop.example:port", "https://a%62", "ftp://shop.example", "file://"),
)
NO_PROXIES = ("socks5://proxy:1080", "http://", "proxy:port", "http://[")
EVERYONE = ("*", "10.0.0.1 *", "0.0.0.0/0", "::/0", "0.0.0.0/1")
NO_NETWORKS = ("proxy.internal", "10.0.0.1/8", "10.0.0.300", "10.0.0.1:80")
ADDRESSES = ("AUTH_ISSUER", "AUTH_JWKS_URL", "OTEL_EXPORTER_OTLP_ENDPOINT")
NO_ADDRESSES = ("http://[", "http://:80", "https://a:99999", "https://a:port")


@pytest.fixture
def loaded(monkeypatch):
    def loaded(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return load()

    return loaded


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"HOST": "0.0.0.0"},
        {"SANDBOX": "true"},
        {"SANDBOX": "true", **OIDC, "REDIS_URL": "redis://store"},
        {"SANDBOX": "false", **TEST, **OIDC},
        {**TEST, **OIDC},
        {**TEST, "AUTH_SECRET": SECRET},
        {**TEST, "ALLOW_ANONYMOUS": "true"},
        {**TEST, **OIDC, "PLAYGROUND": "true", "SHOW_CALLS": "true"},
        {**LIVE, **OIDC},
        {**LIVE, "AUTH_SECRET": SECRET},
        {**LIVE, **OIDC, "INTROSPECTION": "true"},
        {**LIVE, **OIDC, "PLAYGROUND": "false", "ALLOW_ANONYMOUS": "false"},
        {**TEST, **OIDC, "AUTH_JWKS_URL": "https://issuer.example/keys", "AUTH_ALGORITHMS": "ES256, RS256"},
        {**TEST, "AUTH_ISSUER": "https://issuer.example", "AUTH_CLIENT_IDS": "web, jobs"},
        {**TEST, "AUTH_SECRET": EXAMPLE_SECRET, "TRUSTED_PROXIES": "*"},
        {**LIVE, **OIDC, "TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.7 fd00::/8 ::1"},
        {"CORS_ORIGINS": "https://shop.example http://localhost:3000"},
        {"RATE_LIMIT_CALLER": "20/second;600/minute"},
        {"STRIPE_WEBHOOK_SECRET": "whsec_new, whsec_old"},
        {**TEST, **OIDC, "EVENTS": "webhook", "STRIPE_WEBHOOK_SECRET": "whsec_1"},
        {**TEST, **OIDC, "EVENTS": "poll"},
        {**TEST, **OIDC, "AUTH_ACCOUNT_CLAIM": "account", "STRIPE_WEBHOOK_SECRET": "whsec_a,whsec_b,whsec_c,whsec_d"},
        {"EVENTS": "poll"},
        {"EVENTS": "none"},
    ],
)
def test_valid_combinations_are_accepted(loaded, variables):
    loaded(**variables)


NO_WEBHOOK_SECRETS = ("verysecret", "whsec_", "whsec_verysecret,", "whsec_very secret", "whsec_1,whsec_2,whsec_3")


@pytest.mark.parametrize(
    ("variables", "named", "advice"),
    [
        (LIVE, "AUTH_ISSUER", "AUTH_SECRET"),
        (TEST, "AUTH_ISSUER", "ALLOW_ANONYMOUS"),
        ({**LIVE, **OIDC, "ALLOW_ANONYMOUS": "true"}, "ALLOW_ANONYMOUS", "leave it out"),
        *(({**LIVE, "AUTH_SECRET": secret}, "AUTH_SECRET", "openssl") for secret in (EXAMPLE_SECRET, SANDBOX_SECRET)),
        *(({**LIVE, **OIDC, "TRUSTED_PROXIES": word}, "TRUSTED_PROXIES", "everyone") for word in EVERYONE),
        *(
            ({**keys, **OIDC, "TRUSTED_PROXIES": word}, "TRUSTED_PROXIES", "10.0.0.7")
            for keys in KEYS
            for word in NO_NETWORKS
        ),
        ({**LIVE, **OIDC, "PLAYGROUND": "true"}, "PLAYGROUND", "leave it out"),
        ({**LIVE, **OIDC, "SHOW_CALLS": "true"}, "SHOW_CALLS", "leave it out"),
        ({**LIVE, **OIDC, "STRIPE_API_BASE": "http://stripe.example"}, "STRIPE_API_BASE", "https"),
        ({**LIVE, **OIDC, "AUTH_ISSUER": "http://issuer.example"}, "AUTH_ISSUER", "https"),
        ({**LIVE, **OIDC, "AUTH_JWKS_URL": "http://issuer.example/keys"}, "AUTH_JWKS_URL", "https"),
        ({**TEST, "AUTH_ISSUER": "https://issuer.example"}, "AUTH_AUDIENCE", "another service"),
        ({**TEST, "AUTH_JWKS_URL": "https://issuer.example/keys"}, "AUTH_ISSUER", "AUTH_JWKS_URL"),
        ({**TEST, **OIDC, "AUTH_JWKS_URL": "https://x", "AUTH_SECRET": SECRET}, "AUTH_JWKS_URL", "not both"),
        ({**TEST, "AUTH_SECRET": "short"}, "AUTH_SECRET", "32 bytes"),
        ({**TEST, **OIDC, "AUTH_ALGORITHMS": "HS256"}, "AUTH_ALGORITHMS", "RS256"),
        ({**TEST, **OIDC, "AUTH_ALGORITHMS": "none"}, "AUTH_ALGORITHMS", "RS256"),
        ({**TEST, "AUTH_SECRET": SECRET, "AUTH_ALGORITHMS": "RS256"}, "AUTH_ALGORITHMS", "HS256"),
        ({"CUSTOMER_SEES": "everything"}, "CUSTOMER_SEES", "fingerprint"),
        ({"CUSTOMER_SESSION_FEATURES": "redisplay,none"}, "CUSTOMER_SESSION_FEATURES", "remove"),
        *(({"CORS_ORIGINS": origin}, "CORS_ORIGINS", "https://") for origin in NO_ORIGINS),
        *(({**TEST, **OIDC, "HTTPS_PROXY": proxy}, "HTTPS_PROXY", "http://proxy:3128") for proxy in NO_PROXIES),
        ({**TEST, **OIDC, "ALL_PROXY": "socks5://verysecret@proxy"}, "HTTPS_PROXY", "ALL_PROXY"),
        ({"CORS_HEADERS": "*"}, "CORS_HEADERS", "names of headers"),
        ({"CORS_HEADERS": "x-a:"}, "CORS_HEADERS", "names of headers"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS", "without a port"),
        ({"RATE_LIMIT_CALLER": "often"}, "RATE_LIMIT_CALLER", "600/minute"),
        ({"RATE_LIMIT_ADDRESS": "-1/minute"}, "RATE_LIMIT_ADDRESS", "600/minute"),
        ({"STRIPE_SECRET_KEY_FILE": "/nowhere/key"}, "STRIPE_SECRET_KEY_FILE", "can't be read"),
        ({"AUTH_SECRET_FILE": "/nowhere/key"}, "AUTH_SECRET_FILE", "can't be read"),
        ({"REDIS_URL_FILE": "/nowhere/url"}, "REDIS_URL_FILE", "can't be read"),
        ({"SANDBOX": "true", "REDIS_URL_FILE": "/dev/null"}, "REDIS_URL_FILE", "redis://"),
        ({"SANDBOX": "true", "REDIS_URL": "http://verysecret@x"}, "REDIS_URL", "redis://"),
        ({"SANDBOX": "true", "REDIS_URL": "redis://verysecret@x:port"}, "REDIS_URL", "redis://"),
        ({"SANDBOX": "true", **TEST, **OIDC}, "SANDBOX", "leave it out"),
        ({"SANDBOX": "false"}, "SANDBOX", "set STRIPE_SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": "sk_test_very secret", **OIDC}, "STRIPE_SECRET_KEY", "sk_test_"),
        *(({"STRIPE_WEBHOOK_SECRET": secret}, "STRIPE_WEBHOOK_SECRET", "whsec_") for secret in NO_WEBHOOK_SECRETS),
        ({"STRIPE_WEBHOOK_SECRET_FILE": "/nowhere/secret"}, "STRIPE_WEBHOOK_SECRET_FILE", "can't be read"),
        ({"EVENTS": "poll", "STRIPE_WEBHOOK_SECRET": "whsec_verysecret"}, "EVENTS", "leave one of them out"),
        ({"EVENTS": "none", "STRIPE_WEBHOOK_SECRET": "whsec_verysecret"}, "EVENTS", "leave one of them out"),
        ({**TEST, **OIDC, "EVENTS": "webhook"}, "STRIPE_WEBHOOK_SECRET", "EVENTS=poll"),
        ({**TEST, **OIDC, "EVENTS": "poll", "AUTH_ACCOUNT_CLAIM": "account"}, "EVENTS", "connected accounts"),
        ({**TEST, **OIDC, "STRIPE_WEBHOOK_SECRET": "whsec_a,whsec_b,whsec_c"}, "STRIPE_WEBHOOK_SECRET", "or two"),
        ({"METRICS_TOKEN": "verysecret and more"}, "METRICS_TOKEN", "16 or more"),
        *(
            ({"READ_CACHE_ENCRYPTION_KEY": key}, "READ_CACHE_ENCRYPTION_KEY", "openssl rand -base64 32")
            for key in ("verysecret", f"{'k' * 43}=,verysecret", "k" * 44, f"{'k' * 22}==")
        ),
        *((variables, "STRIPE_SECRET_KEY", "SANDBOX=true") for variables in WITHOUT_A_KEY),
        *(({**TEST, **OIDC, name: value}, name, "https://host") for name in ADDRESSES for value in NO_ADDRESSES),
    ],
)
def test_conflicts_are_named_with_advice(loaded, variables, named, advice):
    with pytest.raises(SettingsError, match=f"^{named}: ") as caught:
        loaded(**variables)
    assert advice in str(caught.value)
    assert "verysecret" not in str(caught.value)
    assert SECRET not in str(caught.value)


class TestFiles:
    def test_a_key_may_come_from_a_file(self, loaded, tmp_path):
        file = tmp_path / "key"
        file.write_text("sk_test_fromfile\n")
        settings = loaded(STRIPE_SECRET_KEY_FILE=str(file), ALLOW_ANONYMOUS="true")
        assert settings.stripe_secret_key.get_secret_value() == "sk_test_fromfile"
        assert not settings.uses_sandbox

    def test_a_key_from_a_file_has_the_same_rules(self, loaded, tmp_path):
        file = tmp_path / "key"
        file.write_text("sk_live_fromfile")
        with pytest.raises(SettingsError, match="AUTH_ISSUER"):
            loaded(STRIPE_SECRET_KEY_FILE=str(file))
        file.write_text("nonsense")
        with pytest.raises(SettingsError, match=r"^STRIPE_SECRET_KEY_FILE: "):
            loaded(STRIPE_SECRET_KEY_FILE=str(file), AUTH_SECRET=SECRET)

    def test_a_file_and_a_variable_conflict(self, loaded, tmp_path):
        file = tmp_path / "key"
        file.write_text("sk_test_fromfile")
        with pytest.raises(SettingsError, match="not both"):
            loaded(STRIPE_SECRET_KEY_FILE=str(file), **TEST)

    def test_the_secret_may_come_from_a_file(self, loaded, tmp_path):
        file = tmp_path / "secret"
        file.write_text(SECRET)
        assert loaded(SANDBOX="true", AUTH_SECRET_FILE=str(file)).shared_secret == SECRET

    def test_the_store_s_url_may_come_from_a_file(self, loaded, tmp_path):
        file = tmp_path / "url"
        file.write_text("rediss://:password@store:6379/0\n")
        settings = loaded(SANDBOX="true", REDIS_URL_FILE=str(file))
        assert settings.redis_url.get_secret_value() == "rediss://:password@store:6379/0"


def test_a_live_key_closes_what_is_open_by_default(loaded):
    settings = loaded(**LIVE, **OIDC)
    assert settings.is_live
    assert not settings.allows_anonymous
    assert not settings.shows_playground
    assert not settings.shows_calls
    assert not settings.allows_introspection(service=False)
    assert settings.allows_introspection(service=True)
