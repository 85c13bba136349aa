import asyncio
import gzip
import json

import pytest

from quality.harness.clients import Api
from serving.graphql.content_negotiation import JSON
from serving.settings.settings import Settings
from tests.support.graphql_http import VIEWER, shape


async def test_a_slow_body_times_out(stripe):
    async def drip():
        for _ in range(100):
            yield b" "
            await asyncio.sleep(0.02)

    async with Api(Settings(body_timeout=0.1), stripe) as api:
        response = await api.http.post("/graphql", content=drip(), headers={"Content-Type": "application/json"})
    assert response.status_code == 408


class TestCompression:
    """gzip on the way in and on the way out."""

    HEADERS = {"Content-Type": "application/json", "Content-Encoding": "gzip"}  # noqa: RUF012

    async def test_a_compressed_body_is_decompressed(self, api):
        body = gzip.compress(json.dumps(VIEWER).encode())
        response = await api.http.post("/graphql", content=body, headers=self.HEADERS)
        assert shape(response) == (200, JSON, {"data": {"viewer": {"kind": "ANONYMOUS"}}})

    async def test_a_decompressed_body_has_the_same_limit(self, api):
        bomb = gzip.compress(b" " * 50_000_000)
        assert len(bomb) < 100_000
        response = await api.http.post("/graphql", content=bomb, headers=self.HEADERS)
        assert shape(response)[0] == 413

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"not packed",
            gzip.compress(b"{}")[:-3],
            gzip.compress(b"{}") + b"more",
            gzip.compress(b"{}") * 2,
        ],
        ids=["empty", "not gzip", "cut short", "with more behind it", "two members"],
    )
    async def test_invalid_gzip_is_400(self, api, body):
        response = await api.http.post("/graphql", content=body, headers=self.HEADERS)
        assert shape(response)[0] == 400

    @pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "nonsense"])
    async def test_another_encoding_is_415(self, api, encoding):
        headers = {**self.HEADERS, "Content-Encoding": encoding}
        response = await api.http.post("/graphql", content=b"x", headers=headers)
        assert shape(response)[0] == 415
        assert shape(response)[2]["errors"][0]["message"].startswith("Compress the body with gzip, or send it without")
        assert response.headers["accept-encoding"] == "gzip"

    async def test_a_long_response_is_compressed_for_clients_that_accept_it(self, api):
        query = {"query": "{ __schema { types { name description } } }"}
        packed = await api.http.post("/graphql", json=query, headers={"Accept-Encoding": "gzip"})
        plain = await api.http.post("/graphql", json=query, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.json() == plain.json()
        assert "Accept-Encoding" in packed.headers["vary"]
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
