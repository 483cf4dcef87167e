"""Connections of a socket that listens do not wait before they send."""

from __future__ import annotations

import socket
import sys

import pytest

from ifdo_server.prompt import answer_at_once


@pytest.mark.skipif(sys.platform != "linux", reason="connections take the option from the listener on Linux")
def test_what_is_accepted_sends_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        def waits() -> bool:
            with socket.create_connection(("127.0.0.1", port)):
                accepted, _ = listener.accept()
                with accepted:
                    return accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0

        assert waits()
        assert answer_at_once(port) == 1
        assert not waits()
        assert answer_at_once(0) == 0
