"""The listening socket of several workers."""

import socket

import uvicorn

from serving.process import listener


def test_answers_of_workers_do_not_wait_for_acknowledgements():
    port = listener(uvicorn.Config("server:worker_app", port=0, log_config=None))
    port.listen()
    with port, socket.create_connection(port.getsockname()) as client:
        accepted, _ = port.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        client.close()
