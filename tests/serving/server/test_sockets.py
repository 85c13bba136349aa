"""The listening sockets, and the folder that several workers share."""

import errno
import socket
import tempfile

import pytest

from serving.server.resources import metrics_folder
from serving.server.sockets import listeners
from serving.settings.errors import SettingsError


def test_answers_do_not_wait_for_acknowledgements():
    (port,) = listeners("127.0.0.1", 0)
    port.listen()
    with port, socket.create_connection(port.getsockname()) as client:
        accepted, _ = port.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        client.close()


@pytest.mark.parametrize(
    ("host", "message"), [("192.0.2.1", "HOST: this machine can't listen"), ("nowhere.invalid", "HOST: ")]
)
def test_a_host_that_is_not_this_machine_s_is_named(host, message):
    with pytest.raises(SettingsError, match=f"^{message}"):
        listeners(host, 8000)


@pytest.mark.parametrize(("writable", "works"), [("/dev/shm", True), (None, False)])
def test_where_no_disk_can_be_written_workers_share_memory(monkeypatch, writable, works):
    make = tempfile.TemporaryDirectory

    def read_only(prefix, dir):
        if dir != writable or dir is None:
            raise OSError(errno.EROFS, "Read-only file system")
        return make(prefix=prefix, dir=dir)

    monkeypatch.setattr("tempfile.TemporaryDirectory", read_only)
    if works:
        with metrics_folder() as folder:
            assert folder.startswith("/dev/shm/attache-metrics-")
    else:
        with pytest.raises(SettingsError, match=r"^--workers: .*TMPDIR"):
            metrics_folder()
