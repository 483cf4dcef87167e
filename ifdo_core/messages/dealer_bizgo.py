"""Bizgo (Infobank): free-form brand messages through its public HTTP interface; needs no package beyond ``requests``.

Written from the published specification (github.com/icomm-api/bizgo-api-spec, the commits of 2026-09-28) and from
nothing else: no contract, no key and no sandbox were at hand, so no call of it was ever answered by Bizgo.

One message is one call: texts are personal, and the message's own key is the call's ``idempotencyKey``, which Bizgo
remembers for a day. So a call without an answer is simply made again; a repeat comes back as A301. Results are fetched
by polling and acknowledged when they are kept. The webhook is not taken: its signature covers the time alone, not the
body.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ifdo_core.messages.dealers import Answer, Outcome, Parcel, TryLater, Unanswered
from ifdo_core.messages.images import UPLOADED, fit
from ifdo_core.messages.limits import limits
from ifdo_core.messages.wire import TIMEOUT_S, call, commerce, coupon, digits, filled, part
from ifdo_core.store.outbox import Settled

LIVE, SANDBOX = "https://mars.ibapi.kr", "https://sandbox-mars.ibapi.kr"
TTL_S = 86_400
#: Bizgo alone states a limit for its upload 'default'; other places take what Kakao takes.
_DEFAULT_BYTES = 500_000
#: Batches of reports fetched in one go at most.
_MOST_POLLS = 200
_OUTCOMES: dict[str, Outcome] = {"A000": "accepted", "A301": "duplicate", "A020": "later"}
#: Kind of image upload by the place of the image.
_UPLOADS = {"image": "default", "wide": "wide", "first_item": "wideItemList/first", "item": "wideItemList",
            "feed": "carouselFeed", "commerce": "carouselCommerce"}  # fmt: skip


@dataclass
class BizgoDealer:
    """``sender_key``: the channel's; ``images``: the file behind an 'image:<id>'. Bizgo knows the machine by its IP
    address, which must be registered."""

    key: str
    sender_key: str
    images: Callable[[str], bytes | None] = lambda _: None
    unsubscribe: str = ""
    url: str = LIVE
    timeout: float = TIMEOUT_S
    name: str = "bizgo"
    batch: int = 50
    per_second: float = 4.0  # of 200 messages a second
    #: Kept below the day that Bizgo remembers a key: what is older is not sent again.
    remembers: timedelta | None = timedelta(hours=20)
    _uploaded: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str], repr=False)

    def send(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """As far as it came: what a broken call leaves out is unknown."""
        answers: list[Answer] = []
        for one in parcels:
            try:
                answers.append(self._one(one))
            except (Unanswered, TryLater):
                if not answers:
                    raise
                break
        return answers

    def look_up(self, keys: Sequence[str]) -> dict[str, Answer]:
        """Bizgo tells nothing by our key: the same call is made again under it."""
        return {}

    def poll(self, take: Callable[[list[Settled]], object]) -> int:
        """Fetches what there is of results; a batch is acknowledged after ``take`` has kept it. Answers how many."""
        count = 0
        for _ in range(_MOST_POLLS):
            _, given = self._call("GET", "/api/comm/v1/report/polling")
            inner = _inner(given)
            rows: list[dict[str, Any]] = inner.get("report") or []
            if not rows:
                break
            take([one for one in map(settled, rows) if one is not None])
            count += len(rows)
            self._call("DELETE", f"/api/comm/v1/report/polling/{inner.get('reportId', '')}")
        return count

    def _one(self, parcel: Parcel) -> Answer:
        request = {
            "destinations": [{"to": digits(parcel.phone)}],
            "messageFlow": [{"brandmessage": self.message(parcel)}],
            "ref": parcel.key,
            "idempotencyKey": parcel.key,
            "idempotencyTtl": TTL_S,
        }
        _, given = self._call("POST", "/api/comm/v1/send/omni", json=request)
        rows: list[dict[str, Any]] = _inner(given).get("destinations") or []
        if rows:
            code, told = str(rows[0].get("code", "")), str(rows[0].get("msgKey", ""))
        else:
            code, told = str(part(given, "data").get("code", "")), ""
        if not code or (code == "A000" and not rows):
            raise Unanswered("no result")
        return Answer(parcel.key, _OUTCOMES.get(code, "refused"), told, code)

    def _call(self, method: str, path: str, **how: Any) -> tuple[int, dict[str, Any]]:
        return call(method, self.url + path, {"Authorization": self.key}, self.timeout, **how)

    # --- the message --------------------------------------------------------------------------

    def message(self, parcel: Parcel) -> dict[str, Any]:
        """The rendered message in Bizgo's names."""
        body: dict[str, Any] = dict(parcel.body)
        kind = str(body.get("type", "text"))
        feed = "feed" if kind == "carousel_feed" else "commerce"
        cards = [self._card(one, feed) for one in body.get("cards", ())]
        head, tail = body.get("head"), body.get("tail")
        carousel = filled(head=self._head(head, feed) if head else None, list=cards, tail=_links(tail or {}))
        video = part(body, "video")
        attachment = filled(
            button=[_button(one) for one in body.get("buttons", ())],
            image=self._image(body.get("image"), "wide" if kind == "wide" else "image"),
            item=filled(list=[self._item(place, one) for place, one in enumerate(body.get("items", ()))]),
            coupon=coupon(body.get("coupon"), _links),
            commerce=commerce(body.get("commerce")),
            video=filled(videoUrl=video.get("url"),
                         thumbnailUrl=self._uploaded_url(part(video, "thumbnail").get("url", ""), "image")),
        )  # fmt: skip
        return filled(
            sendType="free", msgType=limits().types[kind].friendtalk, senderKey=self.sender_key,
            targeting=parcel.targeting, text=body.get("text"), header=body.get("header"),
            additionalContent=body.get("extra"), adult="Y" if body.get("adult") else "N",
            pushAlarm="Y" if body.get("push", True) else "N", adFlag="Y", attachment=attachment, carousel=carousel,
            unsubscribePhoneNumber=self.unsubscribe if parcel.targeting != "I" else "",
        )  # fmt: skip

    def _card(self, card: dict[str, Any], kind: str) -> dict[str, Any]:
        attachment = filled(
            button=[_button(one) for one in card.get("buttons", ())], image=self._image(card.get("image"), kind),
            coupon=coupon(card.get("coupon"), _links), commerce=commerce(card.get("commerce")),
        )  # fmt: skip
        return filled(header=card.get("header"), message=card.get("text"), additionalContent=card.get("extra"),
                      attachment=attachment)  # fmt: skip

    def _head(self, head: dict[str, Any], kind: str) -> dict[str, Any]:
        url = self._uploaded_url(part(head, "image").get("url", ""), kind)
        return filled(header=head.get("header"), content=head.get("text"), imageUrl=url, **_links(part(head, "links")))

    def _item(self, place: int, item: dict[str, Any]) -> dict[str, Any]:
        url = self._uploaded_url(part(item, "image").get("url", ""), "item" if place else "first_item")
        return filled(title=item.get("title"), imgUrl=url, **_links(part(item, "links")))

    def _image(self, image: dict[str, Any] | None, slot: str) -> dict[str, Any]:
        given = image or {}
        return filled(imgUrl=self._uploaded_url(given.get("url", ""), slot), imgLink=given.get("link"))

    def _uploaded_url(self, url: str, slot: str) -> str:
        """The address that Bizgo gave for an image of ours, uploaded once; another address as it is."""
        data = self.images(url) if url.startswith(UPLOADED) else None
        if data is None:
            return url
        if (url, slot) not in self._uploaded:
            if slot == "image" and len(data) > _DEFAULT_BYTES:
                data = fit(data, limits().slots["image"], max_bytes=_DEFAULT_BYTES)
            path = f"/api/comm/v1/file/brandmessage/{_UPLOADS[slot]}"
            _, given = self._call("POST", path, files={"file": ("image.jpg", data)})
            self._uploaded[url, slot] = str(_inner(given).get("imgUrl", ""))
        return self._uploaded[url, slot]


def settled(row: dict[str, Any]) -> Settled | None:
    """One report: '10000' is delivered. Kakao's 3005 may still arrive, so it says nothing."""
    key, code = str(row.get("ref") or ""), str(row.get("reportCode") or "")
    if not key or not code or code.endswith("3005"):
        return None
    return Settled(key, "delivered" if code == "10000" else "failed", str(row.get("msgKey") or ""),
                   "" if code == "10000" else code)  # fmt: skip


def _inner(given: dict[str, Any]) -> dict[str, Any]:
    """What the service itself says: {"common": …, "data": {"code", "result", "data": {…}}}."""
    return part(part(given, "data"), "data")


def _links(links: dict[str, Any]) -> dict[str, Any]:
    return filled(urlMobile=links.get("mobile"), urlPc=links.get("pc"), schemeAndroid=links.get("android"),
                  schemeIos=links.get("ios"))  # fmt: skip


def _button(button: dict[str, Any]) -> dict[str, Any]:
    """A web link needs an address for PCs too: that of the phone where there is no other."""
    links = dict(part(button, "links"))
    kind = button.get("kind", "WL")
    if kind == "WL":
        links["pc"] = links.get("pc") or links.get("mobile")
    return filled(type=kind, name=button.get("name"), **_links(links))
