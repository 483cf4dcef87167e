"""Answers leave at once.

Streamlit makes its listening socket without naming the protocol, and asyncio turns Nagle's algorithm off only where
TCP is named. A small answer then waits some 40 ms for the receiver's delayed acknowledgement. On Linux a connection
takes the option from the socket that listens, so it is set there, before the first visitor.
"""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

_OPEN = Path("/proc/self/fd")


def answer_at_once(port: int | None = None) -> int:
    """Turns Nagle's algorithm off on this process's TCP sockets that are bound and have no peer (only those of ``port``
    where one is given). Answers how many; 0 where the system does not list open files."""
    done = 0
    for name in os.listdir(_OPEN) if _OPEN.exists() else ():
        try:
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as one:
                done += _turned_off(one, port)
        except OSError:  # closed meanwhile
            continue
    return done


def _turned_off(one: socket.socket, port: int | None) -> bool:
    if one.family not in (socket.AF_INET, socket.AF_INET6) or one.type != socket.SOCK_STREAM:
        return False
    bound = one.getsockname()[1]
    if not bound or (port is not None and bound != port) or _has_peer(one):
        return False
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return True


def _has_peer(one: socket.socket) -> bool:
    try:
        one.getpeername()
    except OSError:
        return False
    return True
