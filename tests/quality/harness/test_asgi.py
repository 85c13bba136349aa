import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from quality.harness import asgi


async def echo(request: Request) -> JSONResponse:
    body = (await request.body()).decode()
    return JSONResponse({"path": request.url.path, "query": request.url.query, "body": body}, 201, {"x-name": "value"})


APP = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])


async def test_a_request_reaches_the_app():
    response = await asgi.request(APP, "POST", "/a%20b?c=d", {"X-Given": "1"}, b"text")
    assert response.status == 201
    assert (b"x-name", b"value") in response.headers
    assert response.body == b'{"path":"/a b","query":"c=d","body":"text"}'


async def test_the_transport_of_an_httpx_client():
    async with httpx.AsyncClient(transport=asgi.Transport(APP), base_url="http://localhost") as client:
        response = await client.post("/path", params={"a": "b"}, content=b"text")
    assert response.status_code == 201
    assert response.json() == {"path": "/path", "query": "a=b", "body": "text"}


async def test_an_app_without_a_response_is_an_error():
    async def silent(scope, receive, send): ...

    with pytest.raises(RuntimeError, match="no response"):
        await asgi.request(silent, "GET", "/", {})


async def test_running_starts_and_stops_the_app():
    seen = []

    async def app(scope, receive, send):
        for phase in ("startup", "shutdown"):
            seen.append((await receive())["type"])
            await send({"type": f"lifespan.{phase}.complete"})

    async with asgi.running(app):
        assert seen == ["lifespan.startup"]
    assert seen == ["lifespan.startup", "lifespan.shutdown"]


async def test_a_failed_start_is_an_error():
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    with pytest.raises(RuntimeError, match="startup failed"):
        async with asgi.running(app):
            pass
