"""SOLAPI: free-form brand messages (BMS_FREE) through its public HTTP interface; needs no package beyond ``requests``.

Written from its own SDK (github.com/solapi/solapi-nodejs, 2026-04-21) and documents (github.com/solapi/documents), and
from nothing else: no account was at hand, so no call of it was ever answered by SOLAPI.

SOLAPI has no idempotency key. Our key travels as ``customFields.key``, and after a call without an answer the list of
messages is asked for it. A message that is not in the list may still be on its way, so for ``settle_s`` after the last
call without an answer (and after a start) nothing is believed to be missing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import Any, cast

from ifdo_core.clock import utc_now
from ifdo_core.errors import MessageError
from ifdo_core.messages.dealers import Answer, Parcel, Unanswered
from ifdo_core.messages.images import UPLOADED
from ifdo_core.messages.limits import limits
from ifdo_core.messages.wire import TIMEOUT_S, call, commerce, coupon, digits, filled, part
from ifdo_core.store.outbox import Settled

LIVE = "https://api.solapi.com"
#: Accepted and pending (documents, message-status-codes); '4000' is done.
_PENDING, _DONE = ("2000", "3000"), "4000"
_LOOK_BACK = timedelta(days=1)
_POLL_BACK = timedelta(days=3)
_PAGE, _MOST_PAGES = 500, 400
#: Type of file by the place of the image.
_UPLOADS = {"image": "BMS", "wide": "BMS_WIDE", "first_item": "BMS_WIDE_MAIN_ITEM_LIST",
            "item": "BMS_WIDE_SUB_ITEM_LIST", "feed": "BMS_CAROUSEL_FEED_LIST",
            "commerce": "BMS_CAROUSEL_COMMERCE_LIST"}  # fmt: skip


@dataclass
class SolapiDealer:
    """``pf_id``: the channel's id at SOLAPI; ``caller``: a registered number; ``images``: the file behind an
    'image:<id>'; ``now``: seconds that only grow."""

    key: str
    secret: str
    pf_id: str
    caller: str
    images: Callable[[str], bytes | None] = lambda _: None
    url: str = LIVE
    timeout: float = TIMEOUT_S
    settle_s: float = 120.0
    now: Callable[[], float] = time.monotonic
    name: str = "solapi"
    batch: int = 500
    per_second: float = 10.0  # of about 20 calls a second
    remembers: timedelta | None = None  # the list is asked instead
    _uploaded: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str], repr=False)
    _silent_at: float | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self._silent_at = self.now()

    def send(self, parcels: Sequence[Parcel]) -> list[Answer]:
        request = {
            "messages": [self.message(one) for one in parcels],
            "allowDuplicates": True,  # a family may share a number; that nobody gets it twice is our ledger's to see
            "showMessageList": True,
        }
        try:
            status, given = self._call("POST", "/messages/v4/send-many/detail", json=request)
        except Unanswered:
            self._silent_at = self.now()
            raise
        if status >= 400:
            raise MessageError(
                "dealer_refused_call",
                "발송 업체가 요청을 받아들이지 않았어요: {detail}",
                "설정과 메시지를 확인해 주세요.",
                detail=str(given.get("errorMessage") or given.get("errorCode") or status)[:200],
            )
        if "groupInfo" not in given:
            self._silent_at = self.now()
            raise Unanswered("no groupInfo")
        asked = {one.key for one in parcels}
        answers = [_refused(row) for row in given.get("failedMessageList") or ()]
        answers += [_accepted(row) for row in given.get("messageList") or ()]
        return [one for one in answers if one.key in asked]

    def look_up(self, keys: Sequence[str]) -> dict[str, Answer]:
        """By the list of the last day. Raises Unanswered while a call may still be on its way."""
        wanted = set(keys)
        found = {key: Answer(key, "accepted", str(row.get("messageId", ""))) for key, row in self._listed("CREATED",
                 _LOOK_BACK) if key in wanted}  # fmt: skip
        if wanted - set(found) and self._silent_at is not None:
            if self.now() - self._silent_at < self.settle_s:
                raise Unanswered("not settled")
            self._silent_at = None
        return found

    def poll(self, take: Callable[[list[Settled]], object]) -> int:
        """Fetches what became of the messages of the last days; what is told again changes nothing."""
        told = [one for key, row in self._listed("UPDATED", _POLL_BACK) if (one := settled(key, row)) is not None]
        if told:
            take(told)
        return len(told)

    def _listed(self, date_type: str, back: timedelta) -> Iterator[tuple[str, dict[str, Any]]]:
        """(our key, message) of every message with one since ``back``."""
        since = (utc_now() - back).replace(tzinfo=UTC).isoformat(timespec="seconds")
        asked: dict[str, Any] = {"limit": _PAGE, "dateType": date_type, "startDate": since}
        for _ in range(_MOST_PAGES):
            status, given = self._call("GET", "/messages/v4/list", params=asked)
            if status >= 400:
                raise Unanswered(f"HTTP {status}")
            rows = cast("dict[str, dict[str, Any]]", part(given, "messageList"))
            for row in rows.values():
                if key := _key(row):
                    yield key, row
            following = given.get("nextKey")
            if not following:
                return
            asked = {**asked, "startKey": following}

    def _call(self, method: str, path: str, **how: Any) -> tuple[int, dict[str, Any]]:
        return call(method, self.url + path, {"Authorization": self._authorization()}, self.timeout, **how)

    def _authorization(self) -> str:
        """HMAC-SHA256 of date and salt under the secret."""
        date = utc_now().replace(tzinfo=UTC).isoformat(timespec="seconds")
        salt = secrets.token_hex(16)
        signed = hmac.new(self.secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
        return f"HMAC-SHA256 apiKey={self.key}, date={date}, salt={salt}, signature={signed}"

    # --- the message --------------------------------------------------------------------------

    def message(self, parcel: Parcel) -> dict[str, Any]:
        """The rendered message in SOLAPI's names; no text message stands in where KakaoTalk fails."""
        body: dict[str, Any] = dict(parcel.body)
        kind = limits().types[str(body.get("type", "text"))]
        options = {"pfId": self.pf_id, "disableSms": True, "bms": self._bms(parcel.targeting, kind.kakao, body)}
        return filled(to=digits(parcel.phone), text=body.get("text"), type="BMS_FREE", kakaoOptions=options,
                      customFields={"key": parcel.key}, **{"from": digits(self.caller)})  # fmt: skip

    def _bms(self, targeting: str, bubble: str, body: dict[str, Any]) -> dict[str, Any]:
        image, wide = part(body, "image"), bubble == "WIDE"
        items = [self._item(place, one) for place, one in enumerate(body.get("items", ()))]
        # SOLAPI takes no link on these two (its list of accepted fields)
        link = None if bubble in ("WIDE", "COMMERCE") else image.get("link")
        feed = "feed" if bubble == "CAROUSEL_FEED" else "commerce"
        video = part(body, "video")
        thumbnail = part(video, "thumbnail")
        head = body.get("head")
        return filled(
            targeting=targeting, chatBubbleType=bubble, adult=True if body.get("adult") else None,
            header=body.get("header"), additionalContent=body.get("extra"),
            imageId=self._file(image.get("url", ""), "wide" if wide else "image"), imageLink=link,
            mainWideItem=items[0] if items else None, subWideItemList=items[1:],
            buttons=[_button(one) for one in body.get("buttons", ())], coupon=coupon(body.get("coupon"), _links),
            commerce=commerce(body.get("commerce")),
            video=filled(videoUrl=video.get("url"), imageId=self._file(thumbnail.get("url", ""), "image"),
                         imageLink=thumbnail.get("link")),
            carousel=filled(head=self._head(head, feed) if head else None,
                            list=[self._card(one, feed) for one in body.get("cards", ())],
                            tail=_links(part(body, "tail"))),
        )  # fmt: skip

    def _item(self, place: int, item: dict[str, Any]) -> dict[str, Any]:
        image = self._file(part(item, "image").get("url", ""), "item" if place else "first_item")
        return filled(title=item.get("title"), imageId=image, **_links(part(item, "links")))

    def _card(self, card: dict[str, Any], slot: str) -> dict[str, Any]:
        image = part(card, "image")
        return filled(
            header=card.get("header"), content=card.get("text"), additionalContent=card.get("extra"),
            imageId=self._file(image.get("url", ""), slot), imageLink=image.get("link"),
            commerce=commerce(card.get("commerce")), coupon=coupon(card.get("coupon"), _links),
            buttons=[_button(one) for one in card.get("buttons", ())],
        )  # fmt: skip

    def _head(self, head: dict[str, Any], slot: str) -> dict[str, Any]:
        image = self._file(part(head, "image").get("url", ""), slot)
        return filled(header=head.get("header"), content=head.get("text"), imageId=image,
                      **_links(part(head, "links")))  # fmt: skip

    def _file(self, url: str, slot: str) -> str:
        """The id of an image of ours at SOLAPI, uploaded once."""
        data = self.images(url) if url.startswith(UPLOADED) else None
        if data is None:
            return url
        if (url, slot) not in self._uploaded:
            request = {"file": base64.b64encode(data).decode(), "type": _UPLOADS[slot]}
            _, given = self._call("POST", "/storage/v1/files", json=request)
            self._uploaded[url, slot] = str(given.get("fileId", ""))
        return self._uploaded[url, slot]


def settled(key: str, row: dict[str, Any]) -> Settled | None:
    """'4000' is delivered; what is still on its way says nothing."""
    code = str(row.get("statusCode") or "")
    if not code or code in _PENDING:
        return None
    told = str(row.get("messageId") or "")
    return Settled(key, "delivered", told) if code == _DONE else Settled(key, "failed", told, code)


def _key(row: dict[str, Any]) -> str:
    return str(part(row, "customFields").get("key") or "")


def _accepted(row: dict[str, Any]) -> Answer:
    code = str(row.get("statusCode") or "")
    if code in _PENDING or code == _DONE:
        return Answer(_key(row), "accepted", str(row.get("messageId") or ""))
    return Answer(_key(row), "refused", "", code)


def _refused(row: dict[str, Any]) -> Answer:
    return Answer(_key(row), "refused", "", str(row.get("statusCode") or ""))


def _links(links: dict[str, Any]) -> dict[str, Any]:
    return filled(linkMobile=links.get("mobile"), linkPc=links.get("pc"), linkAndroid=links.get("android"),
                  linkIos=links.get("ios"))  # fmt: skip


def _button(button: dict[str, Any]) -> dict[str, Any]:
    """The name of a channel button is fixed, and SOLAPI wants none."""
    kind = button.get("kind", "WL")
    return filled(linkType=kind, name=None if kind == "AC" else button.get("name"), **_links(part(button, "links")))
