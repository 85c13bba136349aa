"""The head of a response and its body are one write, unless the body comes later."""

import asyncio
from unittest.mock import Mock

import pytest

from serving.server.joined_writes import MAX_JOINED, JoinedWrites


@pytest.fixture
def transport():
    return Mock()


def written(transport):
    return [call.args[0] for call in transport.write.call_args_list]


async def test_a_head_is_sent_with_the_body_that_follows_at_once(transport):
    joined = JoinedWrites(transport)
    joined.write(b"head ")
    joined.write(b"body")
    await asyncio.sleep(0)
    assert written(transport) == [b"head body"]


async def test_a_long_body_is_not_copied(transport):
    joined = JoinedWrites(transport)
    body = bytes(MAX_JOINED + 1)
    joined.write(b"head")
    joined.write(body)
    assert written(transport) == [b"head", body]


async def test_a_head_whose_body_comes_later_is_sent_alone(transport):
    joined = JoinedWrites(transport)
    joined.write(b"head")
    await asyncio.sleep(0)
    joined.write(b"first")
    joined.write(b"second")
    assert written(transport) == [b"head", b"first", b"second"]


async def test_a_head_without_a_body_is_sent_before_the_connection_closes(transport):
    joined = JoinedWrites(transport)
    joined.write(b"head")
    joined.close()
    await asyncio.sleep(0)
    assert [call[0] for call in transport.method_calls] == ["write", "close"]
    assert written(transport) == [b"head"]


async def test_an_interim_response_is_sent_immediately(transport):
    joined = JoinedWrites(transport)
    joined.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert written(transport) == [b"HTTP/1.1 100 Continue\r\n\r\n"]
