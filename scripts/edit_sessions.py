"""Many sessions of the app that edit at once, spoken to as a browser does: over Streamlit's websocket, never drawn.

    python scripts/edit_sessions.py < asked.json

Reads ``{"url", "page", "label", "pause_s", "sessions": [{"query", "first", "edits": [[typed, expected], …]}, …]}`` and
writes ``{"taken_s": [[…], …], "wrong": [...]}``: for each session the seconds from an edit to its number, and every
number that was shown but is none of its own. ``first`` is the number of ``query``, which each session opens to begin
with; ``expected`` is the one that must appear. The next edit follows when it is there, after a pause of 0 to
2 × ``pause_s``. ``bench sessions`` makes the questions: the core may not know Streamlit, and clients in a process of
their own take no part of the server's.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

#: The large number of 7 days in the panel's HTML.
_NUMBER = re.compile(r'class="week".*?<b[^>]*>([^<]*)</b>', re.DOTALL)
#: After this long without the number an edit has failed.
PATIENCE_S = 120.0


@dataclass
class Session:
    """One browser: what it is shown, as far as the measurement needs it."""

    socket: ClientConnection
    page: str
    label: str
    query: str
    script: str = ""
    input_id: str = ""
    fragment: str = ""
    number: str = ""
    typed: str = ""
    finished: int = 0
    numbers: list[str] = field(default_factory=list)

    async def ask(self, typed: str | None = None) -> None:
        """Runs the page, or with ``typed`` the fragment of the input after that was typed into it."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_name, run.page_script_hash = self.query, self.page, self.script
        run.context_info.timezone, run.context_info.locale = "Asia/Seoul", "ko-KR"
        if typed is not None:
            self.typed = typed
            run.fragment_id = self.fragment
            state = run.widget_states.widgets.add()
            state.id, state.string_value = self.input_id, typed
        await self.socket.send(message.SerializeToString())

    async def take(self) -> None:
        """The next message of the server."""
        try:
            data = await asyncio.wait_for(self.socket.recv(), PATIENCE_S)
        except TimeoutError:
            shown = f"shown {self.number!r}, {self.finished} runs finished, before {self.numbers[-3:]}"
            raise SystemExit(f"no answer for {PATIENCE_S:g} s to {self.typed!r}: {shown}") from None
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.script = message.new_session.page_script_hash
        elif kind == "script_finished":
            self.finished += 1
        elif kind == "delta":
            self._delta(message.delta)

    def _delta(self, delta: Any) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type") if delta.WhichOneof("type") == "new_element" else None
        if kind == "html" and (found := _NUMBER.search(element.html.body)):
            self.number = found.group(1).strip()
            self.numbers.append(self.number)
        elif kind == "text_input" and element.text_input.label == self.label:
            self.input_id, self.fragment = element.text_input.id, delta.fragment_id

    async def opens(self) -> None:
        await self.ask()
        while not (self.number and self.input_id and self.finished):
            await self.take()

    async def edits(self, typed: str, expected: str) -> float:
        """Seconds from sending ``typed`` to the arrival of ``expected``."""
        start = time.perf_counter()
        await self.ask(typed)
        while self.number != expected:
            await self.take()
        return time.perf_counter() - start

    async def reads_on(self, seconds: float) -> None:
        """What comes within ``seconds``, as a browser would take it."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            try:
                await asyncio.wait_for(self.take(), left)
            except TimeoutError:
                return


async def one(asked: dict[str, Any], mine: dict[str, Any], number: int, all_open: asyncio.Barrier) -> dict[str, Any]:
    dice = random.Random(number)
    address = asked["url"].replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=None, origin=asked["url"]) as socket:
        session = Session(socket, asked["page"], asked["label"], mine["query"])
        await session.opens()
        await all_open.wait()
        await session.reads_on(2.0)
        taken: list[float] = []
        known = {mine["first"]}
        for typed, expected in mine["edits"]:
            session.numbers.clear()
            taken.append(await session.edits(typed, expected))
            known.add(expected)
            strange = [shown for shown in session.numbers if shown not in known]
            if strange:
                return {"taken_s": taken, "wrong": strange}
            await session.reads_on(dice.uniform(0, 2 * asked["pause_s"]))
        return {"taken_s": taken, "wrong": []}


async def everyone(asked: dict[str, Any]) -> dict[str, Any]:
    barrier = asyncio.Barrier(len(asked["sessions"]))
    found = await asyncio.gather(*(one(asked, mine, n, barrier) for n, mine in enumerate(asked["sessions"])))
    return {
        "taken_s": [session["taken_s"] for session in found],
        "wrong": [number for session in found for number in session["wrong"]],
    }


if __name__ == "__main__":
    json.dump(asyncio.run(everyone(json.load(sys.stdin))), sys.stdout)
