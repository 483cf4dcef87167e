"""A campaign from message to results, with the workbench's own store and a dry run."""

from __future__ import annotations

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.applications import Starlette

from ifdo_core.catalogue.lists import label_of
from ifdo_core.clock import utc_now
from ifdo_core.engines import open_engine
from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.messages import Message
from ifdo_core.messages.dealer_file import FileDealer
from ifdo_core.messages.dealer_http import signature
from ifdo_core.messages.targeting import Limits
from ifdo_core.roles import ROLES
from ifdo_core.workbench import Workbench
from ifdo_server.reports import report_route

NOON = datetime(2026, 11, 24, 3)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")
    monkeypatch.setenv("IFDO_DEALER_SECRET", "secret")
    with Workbench(open_engine(":memory:")) as workbench:
        workbench.load(
            members=pd.DataFrame(
                {
                    "member_id": [f"m{n}" for n in range(6)],
                    "phone": ["01012345678"] * 5 + [None],
                    "name": ["김하나", None, "가" * 80, "박둘", "최셋", "정넷"],
                    "channel_friend": [True, True, True, True, False, True],
                    "marketing_consent": [True] * 6,
                }
            )
        )
        yield workbench
        workbench.messages.store.close()


WIDE = {"type": "wide", "text": "#{이름}님", "image": {"url": "https://a.kr/1.jpg"}, "fallbacks": {"이름": "고객"}}


def test_from_message_to_results(shop: Workbench) -> None:
    campaign = shop.messages.campaign("봄")
    message = Message.from_dict(WIDE)
    assert campaign.prepare(message, now=NOON) == 3  # m2's name makes it too long, m4 is no friend, m5 has no number
    assert campaign.prepare(message, now=NOON) == 0
    assert {one.body["text"] for one in campaign.parcels()} == {"김하나님", "고객님", "박둘님"}
    shop.load(members=pd.DataFrame({"member_id": ["m3"], "opted_out": [True]}))
    run = campaign.send(clock=lambda: NOON, sleep=lambda _: None)
    assert (run.ended, run.counts) == ("done", {"accepted": 2, "refused": 1})
    shop.load(messages=campaign.rows())
    assert shop.holdings.tables["messages"].rows == 2
    capped = shop.messages.reach(None, "I", limits=Limits(cap=1, cap_days=7), now=datetime(2026, 11, 24, 4))
    assert capped.waterfall.set_index("reason").left_out["capped"] == 2


def test_what_cannot_be_sent_is_refused(shop: Workbench) -> None:
    with pytest.raises(MessageError):
        shop.messages.campaign("a").prepare(Message())
    with pytest.raises(NotAllowed):
        shop.messages.campaign("b").prepare(Message.from_dict(WIDE), targeting="M")
    assert shop.messages.campaign("b").counts == {}


def test_a_file_for_the_dealers_site_leaves_out_who_refused_and_is_logged(shop: Workbench) -> None:
    campaign = shop.messages.campaign("봄")
    campaign.prepare(Message.from_dict(WIDE), now=NOON)
    assert campaign.send(FileDealer(), clock=lambda: NOON, sleep=lambda _: None).counts == {"accepted": 3}
    assert rows_of(campaign.file("csv", "나", ROLES["admin"], NOON)) == 3
    shop.load(members=pd.DataFrame({"member_id": ["m3"], "opted_out": [True]}))
    made = campaign.file("xlsx", "나", ROLES["admin"], NOON)
    found = pd.read_excel(io.BytesIO(made), dtype=str, engine="openpyxl")
    assert sorted(found["message"]) == ["고객님", "김하나님"]
    assert set(found["phone"]) == {"01012345678"}
    assert campaign.counts == {"accepted": 2, "failed": 1}
    logged = shop.messages.store.exports.newest()
    assert {(one.destination, one.rows, one.masked, one.who) for one in logged} == {
        ("봄.csv", 3, False, "나"), ("봄.xlsx", 2, False, "나"),
    }  # fmt: skip
    assert {label_of(one.what) for one in logged} == {"발송 파일"}
    for role in ("viewer", "marketer"):
        with pytest.raises(NotAllowed):
            campaign.file("csv", "나", ROLES[role], NOON)


def rows_of(csv: bytes) -> int:
    return len(pd.read_csv(io.BytesIO(csv)))


def test_a_stopped_campaign_sends_nothing(shop: Workbench) -> None:
    campaign = shop.messages.campaign("봄")
    campaign.prepare(Message.from_dict(WIDE), now=NOON)
    campaign.stop()
    assert campaign.send(clock=lambda: NOON, sleep=lambda _: None).ended == "stopped"
    campaign.resume()
    campaign.cancel()
    campaign.resume()
    assert campaign.send(clock=lambda: NOON, sleep=lambda _: None).counts == {"waiting": 3}


def post(app: Starlette, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    """What the app answers to a POST of ``body``."""
    answer: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(event: Any) -> None:
        answer.append(event)

    scope = {
        "type": "http", "method": "POST", "path": "/messages/report", "query_string": b"", "http_version": "1.1",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    with ThreadPoolExecutor(1) as other:  # a browser test before this one may have left a loop in the main thread
        other.submit(lambda: asyncio.run(app(scope, receive, send))).result()  # type: ignore[arg-type]
    return answer[0]["status"], json.loads(answer[1]["body"])


def test_reports_over_http(shop: Workbench) -> None:
    campaign = shop.messages.campaign("봄")
    campaign.prepare(Message.from_dict(WIDE), now=NOON)
    campaign.send(clock=lambda: NOON, sleep=lambda _: None)
    key = shop.messages.store.outbox.entries("봄")[0].key
    body = json.dumps([{"key": key, "state": "delivered"}]).encode()
    stamp = str(int((utc_now() - datetime(1970, 1, 1)).total_seconds()))
    app = Starlette(routes=[report_route(shop.messages.take_report)])
    headers = {"x-dealer-timestamp": stamp, "x-dealer-signature": signature("secret", stamp, body)}
    assert post(app, body, headers) == (200, {"changed": 1})
    assert post(app, body, headers) == (200, {"changed": 0})
    assert post(app, body + b" ", headers) == (403, {"error": "report_not_genuine"})
    assert campaign.counts == {"accepted": 2, "delivered": 1}
