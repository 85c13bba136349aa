import pytest

from serving.graphql.content_negotiation import HTML, JSON, RESPONSE_JSON, is_json, preferred

BOTH = (JSON, RESPONSE_JSON)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/graphql-response+json", RESPONSE_JSON),
        ("application/graphql-response+json, application/json;q=0.9", RESPONSE_JSON),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", JSON),
        ("application/json, application/graphql-response+json", JSON),
        ("application/graphql-response+json, application/json", RESPONSE_JSON),
        ("APPLICATION/JSON; charset=utf-8", JSON),
        ("application/json;q=0, */*", RESPONSE_JSON),
        ("*/*;q=0.1, application/graphql-response+json", RESPONSE_JSON),
        ("text/plain", None),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=banana", None),
        ("application/jsonp", None),
        (";;,,", None),
        (BROWSER, JSON),
    ],
)
def test_preferred(accept, expected):
    assert preferred(accept, BOTH) == expected


@pytest.mark.parametrize(
    ("accept", "expected"), [(BROWSER, HTML), ("*/*", JSON), (None, JSON), ("application/json, text/html;q=0.5", JSON)]
)
def test_a_browser_prefers_the_page(accept, expected):
    assert preferred(accept, (*BOTH, HTML)) == expected


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ('Application/JSON; charset="UTF-8"', True),
        ("application/json;charset=iso-8859-1", False),
        ("application/jsonp", False),
        ("text/plain; application/json", False),
        ("application/x-www-form-urlencoded", False),
        ("", False),
        (None, False),
    ],
)
def test_is_json(content_type, expected):
    assert is_json(content_type) is expected
