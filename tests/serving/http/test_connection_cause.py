"""Each way of getting no response has its word, and each word its advice."""

from __future__ import annotations

import errno
import itertools
import socket
import ssl
import threading

import httpx
import pytest

from serving.auth.issuer_keys import FetchFailed, fetch_json
from serving.http.connection_cause import ADVICE, connection_cause
from stripe_api.failures.failure_reasons import Reason


def chained(*errors: BaseException) -> BaseException:
    """Errors of which each is the cause of the one before."""
    for error, cause in itertools.pairwise(errors):
        error.__cause__ = cause
    return errors[0]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (chained(httpx.ConnectError(""), OSError(""), socket.gaierror(-2, "unknown")), "dns"),
        (chained(httpx.ConnectError(""), ssl.SSLError("wrong version number")), "tls_failed"),
        (chained(httpx.ConnectError(""), OSError(errno.ECONNREFUSED, "refused")), "connection_refused"),
        (chained(httpx.ConnectError(""), ExceptionGroup("", [OSError(errno.EHOSTUNREACH, "")])), "unreachable"),
        (chained(httpx.ConnectError(""), OSError(errno.EMFILE, "too many files")), "descriptors_exhausted"),
        (httpx.ConnectTimeout(""), "connect_timeout"),
        (TimeoutError(), "read_timeout"),
        (httpx.ProxyError("407"), "proxy"),
        (httpx.ReadError(""), "connection_reset"),
        (httpx.RemoteProtocolError(""), "not_http"),
        (httpx.InvalidURL(""), "connection_failed"),
    ],
)
def test_the_cause_is_found_below_the_error(error, word):
    assert connection_cause(error) == word
    assert ADVICE[word]


def test_the_words_are_those_of_calls_to_stripe():
    assert set(ADVICE) <= {reason.value for reason in Reason}


async def test_a_real_refusal_names_the_host():
    with pytest.raises(FetchFailed) as caught:
        await fetch_json("http://user:secret@127.0.0.1:1/keys")
    assert (caught.value.host, caught.value.cause) == ("127.0.0.1:1", "connection_refused")


async def test_what_speaks_no_tls_is_named():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer():
            connection, _ = listener.accept()
            connection.recv(1024)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(FetchFailed) as caught:
            await fetch_json(f"https://127.0.0.1:{port}/keys")
        thread.join()
    assert caught.value.cause == "tls_failed"
