import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from serving.settings.docs_page import page
from serving.settings.errors import SettingsError
from serving.settings.settings import Settings, load

PAGE = Path(__file__).parents[3] / "docs/settings.md"


def test_defaults_run_the_sandbox_on_loopback():
    settings = Settings()
    assert settings.uses_sandbox
    assert settings.is_loopback
    assert (settings.host, settings.port, settings.operation_deadline) == ("127.0.0.1", 8000, 30)
    assert settings.stripe_api_base == "https://api.stripe.com"
    assert settings.stripe_api_version == "2026-10-28.endive"


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("PORT", "9000")
    monkeypatch.setenv("STRIPE_SECRET_KEY", "rk_test_x")
    monkeypatch.setenv("ALLOW_ANONYMOUS", "true")
    monkeypatch.setenv("OPERATION_DEADLINE", "2.5")
    settings = load()
    assert (settings.port, settings.operation_deadline) == (9000, 2.5)
    assert not settings.uses_sandbox


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "")
    assert load().uses_sandbox


SAMPLES = {
    "HOST": "127.0.0.2",
    "STRIPE_SECRET_KEY": "sk_test_x",
    "STRIPE_API_BASE": "https://stripe.example",
    "STRIPE_API_VERSION": "2026-10-28.endive",
    "AUTH_ISSUER": "https://issuer.example",
    "AUTH_AUDIENCE": "wallet",
    "AUTH_CLIENT_IDS": "web",
    "AUTH_JWKS_URL": "https://issuer.example/keys",
    "AUTH_SECRET": "s" * 32,
    "AUTH_ALGORITHMS": "ES256",
    "AUTH_CUSTOMER_CLAIM": "customer",
    "AUTH_SERVICE_SCOPE": "wallets",
    "CUSTOMER_SEES": "metadata",
    "CUSTOMER_SESSION_FEATURES": "redisplay",
    "RATE_LIMIT_CALLER": "600/minute",
    "RATE_LIMIT_ADDRESS": "600/minute",
    "RATE_LIMIT_CALLS": "off",
    "RATE_LIMIT_CARDS": "10/minute;50/day",
    "RATE_LIMIT_DECLINES": "10/hour",
    "HTTPS_PROXY": "http://proxy:3128",
    "HTTP_PROXY": "http://proxy:3128",
    "ALL_PROXY": "http://proxy:3128",
    "NO_PROXY": "internal,10.0.0.1",
    "REDIS_URL": "redis://store:6379/0",
    "TRUSTED_DOCUMENTS": "manifest.json",
    "CORS_ORIGINS": "https://shop.example",
    "CORS_HEADERS": "x-shop",
    "ALLOWED_HOSTS": "shop.localdomain",
    "TRUSTED_PROXIES": "10.0.0.1",
    "LOG_LEVEL": "warning",
    "LOG_FORMAT": "json",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
    "OTEL_SERVICE_NAME": "wallet",
    "METRICS_TOKEN": "m" * 16,
    "READ_CACHE_ENCRYPTION_KEY": "k" * 43 + "=",
    "EVENTS": "webhook",
    "STRIPE_WEBHOOK_SECRET": "whsec_1",
}
TEXTS = {
    name.upper(): field
    for name, field in Settings.model_fields.items()
    if not re.search(r"int\b|float|bool", str(field.annotation))
}
"""The settings that are no numbers and no booleans."""


def example(field: FieldInfo) -> str:
    """A value that a setting accepts: any text if it has no example. An example may continue with advice."""
    return field.examples[0].split(",")[0] if field.examples else "text"


STRINGS = {name: SAMPLES.get(name, example(field)) for name, field in TEXTS.items() if not name.endswith("_FILE")}
FILES = sorted(name for name in map(str.upper, Settings.model_fields) if name.endswith("_FILE"))
NEEDED = {
    "AUTH_ISSUER": {"AUTH_AUDIENCE": "wallet", "SANDBOX": "true"},
    "AUTH_JWKS_URL": {"AUTH_ISSUER": "https://issuer.example", "AUTH_AUDIENCE": "wallet", "SANDBOX": "true"},
    "AUTH_ALGORITHMS": {"AUTH_ISSUER": "https://issuer.example", "AUTH_AUDIENCE": "wallet", "SANDBOX": "true"},
    "STRIPE_SECRET_KEY": {"ALLOW_ANONYMOUS": "true"},
}
BLANKS = {"LF": "{}\n", "CRLF": "{}\r\n", "spaces": "  {}\t ", "before": "\n{}"}


@pytest.mark.parametrize("written", BLANKS.values(), ids=BLANKS)
@pytest.mark.parametrize("name", STRINGS)
def test_whitespace_around_a_value_is_not_part_of_it(monkeypatch, name, written):
    needed = NEEDED.get(name, {"SANDBOX": "true"})
    assert from_environment(monkeypatch, needed | {name: written.format(STRINGS[name])}) == from_environment(
        monkeypatch, needed | {name: STRINGS[name]}
    )


@pytest.mark.parametrize("written", ["", *(blank.format("") for blank in BLANKS.values())])
@pytest.mark.parametrize("name", [*STRINGS, *FILES])
def test_a_value_of_only_whitespace_is_not_set(monkeypatch, name, written):
    assert from_environment(monkeypatch, {name: written}) == from_environment(monkeypatch, {})


@pytest.mark.parametrize("name", FILES)
def test_whitespace_around_a_file_s_name_is_not_part_of_it(monkeypatch, tmp_path, name):
    (file := tmp_path / "value").write_text(STRINGS[name.removesuffix("_FILE")] + "\n")
    needed = {"ALLOW_ANONYMOUS": "true"} if name == "STRIPE_SECRET_KEY_FILE" else {"SANDBOX": "true"}
    settings = from_environment(monkeypatch, needed | {name: f" {file}\n"})
    value = getattr(settings, name.removesuffix("_FILE").lower())
    assert value.get_secret_value() == STRINGS[name.removesuffix("_FILE")]


def from_environment(monkeypatch, variables):
    with monkeypatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "http"),
        ("STRIPE_SECRET_KEY", "pk_test_x"),
        ("STRIPE_SECRET_KEY", "nonsense"),
        ("STRIPE_API_BASE", "api.stripe.com"),
        ("STRIPE_API_BASE", "https://api.stripe.com/v1"),
        ("STRIPE_API_VERSION", "latest"),
        ("OPERATION_DEADLINE", "0"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_an_invalid_setting_is_named_and_its_value_hidden(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: ") as caught:
        load()
    assert value not in str(caught.value) or value in ("0", "http", "latest", "api.stripe.com")


def advised(name: str, value: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(**{name: value})
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("port", "80000", "give a number from 1 to 65535"),
        ("port", "http", "give a whole number from 1 to 65535"),
        ("port", "8000.5", "give a whole number from 1 to 65535"),
        ("max_batch", "-1", "give a number from 0 to 100"),
        ("operation_deadline", "0", "give a number above 0 and at most 300"),
        ("operation_deadline", "nan", "give a number above 0 and at most 300"),
        ("operation_deadline", "soon", "give a number above 0 and at most 300"),
        ("stripe_api_base", "https://api.stripe.com/v1", "write it like https://api.stripe.com, without a path"),
        ("stripe_api_base", "https://:1", "write it like https://host, https://host:port without a path"),
        ("stripe_api_version", "latest", "write it like 2026-10-28.endive"),
        ("auth_issuer", "login.example.com", "write it like https://login.example.com/"),
        ("playground", "maybe", "give true or false"),
        ("log_level", "loud", "choose from 'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_an_invalid_value_gets_advice(name, value, advice):
    assert advised(name, value) == f"{name.upper()}: {advice}"


def test_no_setting_is_explained_in_the_library_s_words():
    for name in Settings.model_fields:
        try:
            load(**{name: "\x00 nonsense"})
        except SettingsError as error:
            message = str(error)
            assert name.upper() in message
            assert not re.search(r"[Ii]nput|[Vv]alid|should", message), message


def test_each_setting_with_a_pattern_has_an_example_that_matches():
    for name, field in Settings.model_fields.items():
        if pattern := pattern_of(field):
            assert field.examples, name
            assert re.match(pattern, example(field)), name


def pattern_of(field: FieldInfo) -> str | None:
    return next((bound.pattern for bound in field.metadata if getattr(bound, "pattern", None)), None)


def test_a_key_is_shown_nowhere():
    settings = Settings(stripe_secret_key="sk_test_secret", allow_anonymous=True)
    assert "sk_test_secret" not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_settings_can_not_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_is_loopback(host, loopback):
    assert Settings(host=host).is_loopback is loopback


@pytest.mark.parametrize(
    ("host", "base"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("attache.internal", "http://attache.internal:8000"),
    ],
)
def test_base_url(host, base):
    assert Settings(host=host).base_url == base


def test_the_page_is_generated():
    assert PAGE.read_text() == f"{page()}\n", "make settings"


def test_every_setting_has_a_description():
    assert not [name for name, field in Settings.model_fields.items() if not field.description]


PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("given", "address", "proxy"),
    [
        ({}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY}, "https://api.stripe.com", PROXY),
        ({"https_proxy": PROXY}, "http://api.stripe.com", None),
        ({"http_proxy": PROXY}, "http://api.stripe.com", PROXY),
        ({"all_proxy": PROXY, "http_proxy": "http://other:1"}, "https://api.stripe.com", PROXY),
        ({"https_proxy": "user:word@proxy:3128"}, "https://api.stripe.com", "http://user:word@proxy:3128"),
        ({"https_proxy": PROXY, "no_proxy": "*"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": "other, API.stripe.com"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": "stripe.com"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": ".stripe.com"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": "ripe.com"}, "https://api.stripe.com", PROXY),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.7:8443"}, "https://10.0.0.7:8443", None),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.7:8443"}, "https://10.0.0.7:8444", PROXY),
        ({"https_proxy": PROXY, "no_proxy": "api.stripe.com:443"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": "*.stripe.com"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": "a.b, *.stripe.com:443"}, "https://api.stripe.com", None),
        ({"https_proxy": PROXY, "no_proxy": "*.ripe.com"}, "https://api.stripe.com", PROXY),
        ({"https_proxy": PROXY, "no_proxy": "api.stripe.com."}, "https://API.stripe.com.", None),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.0/8"}, "https://10.1.2.3:8443", None),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.1/8"}, "https://10.1.2.3", None),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.0/8"}, "https://11.1.2.3", PROXY),
        ({"https_proxy": PROXY, "no_proxy": "10.0.0.0/8"}, "https://api.stripe.com", PROXY),
        ({"https_proxy": PROXY, "no_proxy": "fd00::/8 10.0.0.0/8"}, "https://[fd12::1]:8443", None),
        ({"https_proxy": PROXY, "no_proxy": "[fd12::1]:8443"}, "https://[fd12::1]:8443", None),
        ({"https_proxy": PROXY, "no_proxy": "fd12::1"}, "https://[fd12::2]", PROXY),
        ({"https_proxy": PROXY}, "https://127.0.0.1:8443", None),
        ({"https_proxy": PROXY}, "https://[::1]:8443/x", None),
        ({"http_proxy": PROXY}, "http://localhost:12111", None),
    ],
)
def test_a_proxy_is_chosen_by_scheme_and_host(given, address, proxy):
    assert Settings(**given).proxy_for(address) == proxy


@pytest.mark.parametrize(
    "wrong", ["10.0.0.0/33", "fd00::/129", "https://host", "a*b.example", "host:port", "a..b", "user@host", "*.*.com"]
)
def test_an_invalid_entry_of_no_proxy_is_rejected(wrong):
    with pytest.raises(ValueError, match=f"NO_PROXY: {re.escape(wrong)} is none of these"):
        Settings(no_proxy=f"internal,{wrong}")


@pytest.mark.parametrize(
    ("given", "all_calls", "of_one_endpoint", "concurrent", "failures"),
    [
        ({"sandbox": True}, None, None, None, None),
        ({"stripe_secret_key": "sk_live_x"}, 100, 25, 250, 10),
        ({"stripe_secret_key": "rk_test_x"}, 25, 25, 250, 10),
        ({"stripe_secret_key": "sk_test_x", "stripe_api_base": "http://127.0.0.1:12111"}, None, None, 250, 10),
        ({"stripe_secret_key": "sk_test_x", "stripe_api_base": "https://notstripe.com"}, None, None, 250, 10),
        (
            {"stripe_secret_key": "sk_live_x", "stripe_calls_per_second": 500, "stripe_max_connections": 7},
            500,
            25,
            7,
            10,
        ),
        ({"sandbox": True, "stripe_calls_per_second": 3, "stripe_breaker_failures": 2}, 3, None, None, 2),
        ({"stripe_secret_key": "sk_test_x", "stripe_breaker_failures": 0}, 25, 25, 250, None),
    ],
)
def test_default_limits_of_calls_are_stripe_s(given, all_calls, of_one_endpoint, concurrent, failures):
    settings = Settings(auth_issuer="https://i.example", auth_audience="x", **given)
    assert (settings.calls_per_second, settings.calls_per_second_per_endpoint) == (all_calls, of_one_endpoint)
    assert (settings.max_concurrent_calls, settings.breaker_failures) == (concurrent, failures)
