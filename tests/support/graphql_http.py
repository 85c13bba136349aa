"""GraphQL over HTTP in tests: a small query, and checks of its responses."""

import json

VIEWER = {"query": "{ viewer { kind } }"}


async def post(api, **headers):
    """The response to a query with these headers; `_` in a name stands for `-`."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return await api.http.post("/graphql", json=VIEWER, headers=names)


def refusal(response):
    """Status and error code of a request that was not executed."""
    body = response.json()
    assert "data" not in body
    (error,) = body["errors"]
    return response.status_code, error["extensions"]["code"]


def shape(response):
    """Status, media type and body. The body is always a GraphQL response, and its errors have messages and codes."""
    body = json.loads(response.content)
    assert set(body) <= {"data", "errors", "extensions"}
    for error in body.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"]
    return response.status_code, response.headers["content-type"].partition(";")[0], body
