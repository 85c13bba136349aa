async def test_every_answer_carries_the_security_headers(api):
    for path in ("/graphql", "/healthz", "/nowhere", "/v1/customers"):
        headers = (await api.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
