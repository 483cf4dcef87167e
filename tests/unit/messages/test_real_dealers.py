"""The adapters of Bizgo and SOLAPI against their published wire forms: nothing twice, nothing lost, results back."""

from __future__ import annotations

import io
import itertools
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ifdo_core.errors import MessageError
from ifdo_core.messages import Message
from ifdo_core.messages.dealer_bizgo import BizgoDealer
from ifdo_core.messages.dealer_bizgo import settled as bizgo_settled
from ifdo_core.messages.dealer_choice import available, dealer_of
from ifdo_core.messages.dealer_solapi import SolapiDealer
from ifdo_core.messages.dealer_solapi import settled as solapi_settled
from ifdo_core.messages.dealers import Parcel, Polled, Unanswered
from ifdo_core.messages.sending import Sender
from ifdo_core.store import Store, open_store
from ifdo_core.store.outbox import key_of
from tests.unit.messages.real_dealers import Bizgo, Solapi
from tests.unit.messages.test_sending import SLOW_S, TIMEOUT_S, Clock, until_done

NOON = datetime(2026, 11, 24, 3)
#: Of each dealer; 1,000 each were run when this was written.
FAULTS = int(os.environ.get("IFDO_FAULTS", "60"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state.db") as opened:
        yield opened


def filled(store: Store, campaign: str, count: int = 40) -> None:
    store.outbox.begin(campaign, "I", NOON)
    body = json.dumps({"type": "text", "text": "안녕하세요"})
    store.outbox.put(campaign, [(f"m{n}", "010-1234-5678", body) for n in range(count)], NOON)


def bizgo(fake: Bizgo, timeout: float = 5.0, **how: Any) -> BizgoDealer:
    return BizgoDealer("key", "sender", url=fake.url, timeout=timeout, batch=4, per_second=1000, **how)


def solapi(fake: Solapi, timeout: float = 5.0, **how: Any) -> SolapiDealer:
    ticks = itertools.count()
    return SolapiDealer(
        "key", "secret", "pf", "02-123-4567", url=fake.url, timeout=timeout, batch=4, per_second=1000, settle_s=2,
        now=lambda: float(next(ticks)), **how,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["bizgo", "solapi"])
def test_faults_send_nothing_twice_and_lose_nothing(store: Store, name: str) -> None:
    faults, round_ = 0, 0
    with Bizgo(5, 0.6, SLOW_S) if name == "bizgo" else Solapi(5, 0.6, SLOW_S) as fake:
        while faults < FAULTS:
            campaign = f"c{round_}"
            filled(store, campaign)
            dealer = bizgo(fake, TIMEOUT_S) if isinstance(fake, Bizgo) else solapi(fake, TIMEOUT_S)
            clock = Clock(round_)
            counts = until_done(Sender(store.outbox, dealer, clock=clock, sleep=clock.sleep), campaign)
            assert counts == {"accepted": 40}
            round_ += 1
            faults = sum(count for fault, count in fake.faults.items() if fault)
    wanted = {key_of(f"c{n}", f"m{m}") for n in range(round_) for m in range(40)}
    assert {key for key, times in fake.sent.items() if times} == wanted
    assert max(fake.sent.values()) == 1


def test_what_bizgo_no_longer_remembers_is_not_sent_again(store: Store) -> None:
    filled(store, "봄", 3)
    with Bizgo() as fake:
        with store.outbox.alone("봄") as lease:
            store.outbox.take("봄", 1, NOON, lease)  # killed in the middle of a call, and started two days later
        later = Clock(steps=False)
        later.now = NOON + timedelta(days=2)
        counts = until_done(Sender(store.outbox, bizgo(fake), clock=later, sleep=later.sleep), "봄")
        assert counts == {"accepted": 2, "failed": 1}
        assert sum(fake.sent.values()) == 2


def test_solapi_believes_nothing_missing_too_soon() -> None:
    moment = [0.0]
    with Solapi() as fake:
        dealer = SolapiDealer("key", "secret", "pf", "021234567", url=fake.url, settle_s=100, now=lambda: moment[0])
        fake.sent["there"] = 1
        assert set(dealer.look_up(["there"])) == {"there"}
        with pytest.raises(Unanswered):
            dealer.look_up(["there", "missing"])
        moment[0] = 101.0
        assert set(dealer.look_up(["there", "missing"])) == {"there"}


def test_a_wrong_key_stops_the_sending_with_a_sentence(store: Store) -> None:
    filled(store, "봄", 3)
    clock = Clock(steps=False)
    with Bizgo() as fake, Solapi() as other:
        wrong = [BizgoDealer("no", "sender", url=fake.url), SolapiDealer("no", "no", "pf", "02", url=other.url)]
        for dealer in wrong:
            with pytest.raises(MessageError, match="키"):
                Sender(store.outbox, dealer, clock=clock, sleep=clock.sleep).run("봄")
        assert not fake.sent
        assert not other.sent


def test_results_come_by_poll_and_are_acknowledged_when_kept(store: Store) -> None:
    filled(store, "봄", 4)
    clock = Clock(steps=False)
    keys = [key_of("봄", f"m{n}") for n in range(4)]
    with Bizgo() as fake:
        dealer = bizgo(fake)
        assert isinstance(dealer, Polled)
        until_done(Sender(store.outbox, dealer, clock=clock, sleep=clock.sleep), "봄")
        codes = ("10000", "3020", "3005", "10000")
        fake.reports = [{"ref": key, "msgKey": "b", "reportCode": code} for key, code in zip(keys, codes, strict=True)]
        with pytest.raises(ZeroDivisionError):
            dealer.poll(lambda rows: 1 // 0)  # not kept, so not acknowledged
        assert fake.acks == 0
        assert dealer.poll(lambda rows: store.outbox.settle(rows, NOON)) == 4
        assert fake.acks == 2
        assert dealer.poll(lambda rows: store.outbox.settle(rows, NOON)) == 0
    assert store.outbox.counts("봄") == {"delivered": 2, "failed": 1, "accepted": 1}


def test_solapis_list_tells_what_became_of_each(store: Store) -> None:
    filled(store, "봄", 120)
    clock = Clock(steps=False)
    with Solapi() as fake:
        dealer = solapi(fake)
        until_done(Sender(store.outbox, dealer, clock=clock, sleep=clock.sleep), "봄")
        for n in range(120):
            fake.statuses[key_of("봄", f"m{n}")] = ("4000", "3104", "3000")[n % 3]
        fake.pages = 0
        assert dealer.poll(lambda rows: store.outbox.settle(rows, NOON)) == 80
        assert fake.pages == 3
    assert store.outbox.counts("봄") == {"delivered": 40, "failed": 40, "accepted": 40}
    assert solapi_settled("k", {"statusCode": "2000"}) is None
    assert bizgo_settled({"ref": "", "reportCode": "10000"}) is None


def test_a_refused_number_is_refused_and_the_others_go(store: Store) -> None:
    with Solapi() as fake:
        parcels = [Parcel("a", "010-0000-0000", "I", {"type": "text", "text": "x"}),
                   Parcel("b", "010-1111-1111", "I", {"type": "text", "text": "x"})]  # fmt: skip
        answers = {one.key: one for one in solapi(fake).send(parcels)}
    assert (answers["a"].outcome, answers["a"].reason) == ("refused", "1060")
    assert answers["b"].outcome == "accepted"


IMAGE = {"url": "image:abc", "link": "https://shop.example.com/i"}
BUTTON = {"kind": "WL", "name": "보기", "links": {"mobile": "https://shop.example.com/a"}}
COUPON = {"title": "10% 할인 쿠폰", "description": "오늘만", "links": {"mobile": "https://shop.example.com/c"}}
GOODS = {"title": "니트", "price": 50_000, "sale_price": 40_000, "discount_rate": 20}
ITEMS = [{"title": f"항목 {n}", "image": IMAGE, "links": {"mobile": "https://shop.example.com/i"}} for n in range(4)]
MESSAGES: dict[str, dict[str, Any]] = {
    "text": {"text": "본문", "buttons": [BUTTON, {"kind": "AC", "name": "채널 추가"}], "coupon": COUPON},
    "image": {"text": "본문", "image": IMAGE, "buttons": [BUTTON]},
    "wide": {"text": "본문", "image": IMAGE},
    "wide_item_list": {"header": "헤더", "items": ITEMS},
    "commerce": {"image": IMAGE, "commerce": GOODS, "extra": "덧붙임", "buttons": [BUTTON]},
    "premium_video": {"header": "헤더", "video": {"url": "https://tv.kakao.com/v/1", "thumbnail": IMAGE}},
    "carousel_feed": {"cards": [{"header": "가", "text": "나", "image": IMAGE, "buttons": [BUTTON]}] * 2,
                      "tail": {"mobile": "https://shop.example.com/t"}},
    "carousel_commerce": {"head": {"header": "가", "text": "나", "image": IMAGE},
                          "cards": [{"image": IMAGE, "commerce": GOODS, "buttons": [BUTTON], "extra": "다"}] * 2},
}  # fmt: skip


def everything(value: Any) -> Iterator[tuple[str, Any]]:
    """Every (name, value) anywhere inside."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name), inner
            yield from everything(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from everything(inner)


@pytest.mark.parametrize("kind", list(MESSAGES))
@pytest.mark.parametrize("name", ["bizgo", "solapi"])
def test_every_type_is_written_in_the_dealers_names(name: str, kind: str) -> None:
    body = Message.from_dict({"type": kind, **MESSAGES[kind]}).to_dict()
    parcel = Parcel("k", "010-1234-5678", "I", body)
    with Bizgo() as one, Solapi() as other:
        if name == "bizgo":
            made = bizgo(one, images=lambda _: b"data").message(parcel)
            uploads = one.uploads
        else:
            made = solapi(other, images=lambda _: b"data").message(parcel)
            uploads = other.uploads
    told = list(everything(made))
    assert not [pair for pair in told if pair[1] in ("", None, [], {})]
    assert not [value for _, value in told if isinstance(value, str) and value.startswith("image:")]
    assert len(uploads) == len(set(uploads))  # each place once, however often the image is used
    names = {key for key, _ in told}
    if name == "bizgo":
        codes = {"text": "FT", "image": "FI", "wide": "FW", "wide_item_list": "FL", "commerce": "FM",
                 "premium_video": "FP", "carousel_feed": "FC", "carousel_commerce": "FA"}  # fmt: skip
        assert made["msgType"] == codes[kind]
        assert (made["sendType"], made["senderKey"], made["adFlag"]) == ("free", "sender", "Y")
        assert all(value["urlPc"] for key, value in _buttons(told, "button") if value["type"] == "WL")
    else:
        bms = made["kakaoOptions"]["bms"]
        bubbles = {"text": "TEXT", "image": "IMAGE", "wide": "WIDE", "wide_item_list": "WIDE_ITEM_LIST",
                   "commerce": "COMMERCE", "premium_video": "PREMIUM_VIDEO", "carousel_feed": "CAROUSEL_FEED",
                   "carousel_commerce": "CAROUSEL_COMMERCE"}  # fmt: skip
        assert bms["chatBubbleType"] == bubbles[kind]
        assert made["kakaoOptions"]["disableSms"] is True
        assert ("imageLink" in bms) == (kind == "image")
        assert all("name" not in value for _, value in _buttons(told, "buttons") if value["linkType"] == "AC")
    expected = {"wide_item_list": 2, "text": 0}.get(kind, 1)
    assert len(uploads) == expected
    assert ("carousel" in names) == kind.startswith("carousel")


def _buttons(told: list[tuple[str, Any]], name: str) -> list[tuple[str, Any]]:
    return [(key, one) for key, value in told if key == name for one in value]


def test_bizgos_plain_upload_is_made_light() -> None:
    noise = Image.effect_noise((1600, 1200), 120).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=95)
    heavy = buffer.getvalue()
    assert len(heavy) > 500_000
    body = Message.from_dict({"type": "image", **MESSAGES["image"]}).to_dict()
    wide = Message.from_dict({"type": "wide", **MESSAGES["wide"]}).to_dict()
    with Bizgo() as fake:
        dealer = bizgo(fake, images=lambda _: heavy)
        dealer.message(Parcel("k", "010-1234-5678", "I", body))
        dealer.message(Parcel("k", "010-1234-5678", "I", wide))
    light, whole = fake.sizes
    assert light < 500_000 + 1_000 < len(heavy) < whole


def test_dealers_are_there_where_the_environment_names_them() -> None:
    env = {"IFDO_BIZGO_KEY": "k", "IFDO_BIZGO_SENDER_KEY": "s"}
    assert available({}) == ["dry_run", "file"]
    assert available(env) == ["dry_run", "file", "bizgo"]
    assert dealer_of("bizgo", env).name == "bizgo"
    for name in ("solapi", "http", "nobody"):
        with pytest.raises(MessageError):
            dealer_of(name, env)
