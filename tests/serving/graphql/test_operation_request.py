import pytest

from quality.harness.clients import Api
from serving.settings.settings import Settings


class TestBatches:
    OPERATION = {"query": "{ viewer { kind } }"}  # noqa: RUF012

    async def test_they_are_refused_unless_allowed(self, api):
        response = await api.http.post("/graphql", json=[self.OPERATION])
        assert response.status_code == 400
        assert "MAX_BATCH" in response.json()["errors"][0]["message"]

    async def test_each_is_answered_in_its_place(self, stripe):
        async with Api(Settings(max_batch=3), stripe) as api:
            response = await api.http.post("/graphql", json=[self.OPERATION, {"query": "{"}, 5])
        good, unparsed, odd = response.json()
        assert response.status_code == 200
        assert good == {"data": {"viewer": {"kind": "ANONYMOUS"}}}
        assert set(unparsed) == set(odd) == {"errors"}

    @pytest.mark.parametrize("count", [0, 4, 10_000])
    async def test_their_number_is_limited(self, stripe, count):
        async with Api(Settings(max_batch=3), stripe) as api:
            response = await api.http.post("/graphql", json=[self.OPERATION] * count)
        assert response.status_code in (400, 413)
        assert "data" not in response.text
