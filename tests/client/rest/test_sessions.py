"""Connections are kept for later calls, and not after an error."""

import socket
import sys
import threading
from pathlib import Path

import pytest
import requests

from aoi_modules.client.rest.sessions import IDLE_SECONDS, Sessions
from aoi_modules.client.retries import LOST_SECONDS
from aoi_modules.client.tls import Tls


def test_the_connection_of_the_last_call_is_used_again() -> None:
    sessions = Sessions()
    with sessions.lend() as first:
        pass
    with sessions.lend() as again:
        assert again is first
        with sessions.lend() as other:
            assert other is not first, "one connection carries one call at a time"
    sessions.close()


def test_a_connection_that_was_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[requests.Session] = []
    monkeypatch.setattr(requests.Session, "close", lambda session: closed.append(session))
    seconds = [0.0]
    sessions = Sessions(clock=lambda: seconds[0])
    with sessions.lend() as first, sessions.lend() as second:
        pass
    seconds[0] = IDLE_SECONDS
    with sessions.lend() as again:
        assert again is first
    seconds[0] += 0.1
    with sessions.lend() as again:
        assert again is first
    assert closed == []
    seconds[0] += IDLE_SECONDS + 0.1
    with sessions.lend() as new:
        assert new not in (first, second)
    assert closed == [first, second]


def test_after_an_error_a_connection_is_not_used_again() -> None:
    sessions = Sessions()
    with pytest.raises(OSError, match="broken"), sessions.lend() as broken:
        raise OSError("broken")
    with sessions.lend() as next_one:
        assert next_one is not broken


def test_a_connection_that_comes_back_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[requests.Session] = []
    monkeypatch.setattr(requests.Session, "close", lambda session: closed.append(session))
    sessions = Sessions()
    with sessions.lend() as late:
        sessions.close()
        assert closed == []
    assert closed == [late]


def test_no_proxy_and_no_password_of_this_machine_is_used() -> None:
    with Sessions().lend() as session:
        assert session.trust_env is False
        assert session.verify is True


def test_whom_to_trust_and_what_to_show(tmp_path: Path) -> None:
    pem = tmp_path / "any.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----\n")
    with Sessions(Tls(pem, client_certificate=pem, client_key=pem)).lend() as session:
        assert session.verify == str(pem)
        assert session.cert == (str(pem), str(pem))


@pytest.mark.skipif(sys.platform != "linux", reason="an option of Linux")
def test_a_machine_that_is_lost_ends_its_connections(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)) as listener, Sessions().lend() as session:
        threading.Thread(target=_answer_once, args=(listener,), daemon=True).start()
        with session.get(f"http://127.0.0.1:{free_port}", stream=True, timeout=10) as answer:
            assert answer.raw.connection is not None
            sock = answer.raw.connection.sock
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == int(LOST_SECONDS * 1000)
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def _answer_once(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(1 << 16)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        client.recv(1)
