"""Completes the records of operations that arrive over streaming transports."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from starlette.requests import ClientDisconnect, HTTPConnection

from serving.graphql.errors import RequestRejected
from serving.telemetry.operation_record import OperationRecord, StartRecord


@contextlib.contextmanager
def recorded(record: OperationRecord) -> Iterator[None]:
    """Completes a record with the outcome of the block."""
    try:
        yield
    except RequestRejected as rejected:
        record.reject(rejected.errors, rejected.reason, rejected.status or 200)
        raise
    except ClientDisconnect:
        record.disconnect()
        raise
    except BaseException:
        record.crash()
        raise
    finally:
        record.end()


def record_refusal(start_record: StartRecord, websocket: HTTPConnection, rejected: RequestRejected) -> None:
    """Record that a WebSocket was not admitted."""
    record = start_record(websocket.headers)
    record.reject(rejected.errors, rejected.reason, rejected.status or 400)
    record.end()
