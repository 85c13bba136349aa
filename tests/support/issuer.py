"""A small OIDC issuer: discovery, keys, rotation, over HTTP."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "attache-tests"


class Issuer:
    """Signs tokens, and serves the public halves of its keys."""

    def __init__(self) -> None:
        self.fetches: list[str] = []
        self.broken = False
        self._private: dict[str, tuple[str, Any]] = {}
        self._public: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.rotate("RS256")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def newest(self) -> str:
        return list(self._private)[-1]

    def rotate(self, algorithm: str, *, keep: bool = True) -> str:
        """A new key, which signs from now on; its id."""
        if not keep:
            self._public.clear()
        kid = f"key-{len(self._private) + 1}"
        key, public = _make_key(algorithm)
        self._private[kid] = (algorithm, key)
        self._public[kid] = {**public, "kid": kid, "alg": algorithm, "use": "sig"}
        return kid

    def sign(self, *, kid: str | None = None, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token. Claims given as None are left out."""
        kid = kid or self.newest
        algorithm, key = self._private[kid]
        now = int(time.time())
        defaults = {"iss": self.url, "aud": AUDIENCE, "sub": "someone", "iat": now, "nbf": now, "exp": now + 600}
        payload = {name: value for name, value in {**defaults, **claims}.items() if value is not None}
        return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid, **(headers or {})})

    def answer(self, path: str) -> dict[str, Any] | None:
        """The response at a path."""
        self.fetches.append(path)
        if self.broken:
            return None
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"}
        return {"keys": list(self._public.values())} if path == "/jwks" else None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _make_key(algorithm: str) -> tuple[Any, dict[str, Any]]:
    if algorithm.startswith(("RS", "PS")):
        key: Any = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return key, json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    if algorithm == "ES256":
        key = ec.generate_private_key(ec.SECP256R1())
        return key, json.loads(ECAlgorithm.to_jwk(key.public_key()))
    key = ed25519.Ed25519PrivateKey.generate()
    return key, json.loads(OKPAlgorithm.to_jwk(key.public_key()))


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = issuer.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(200 if found is not None else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
