"""An image of a message: by its address, or a file that is checked, and cropped and converted where it does not fit."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.messages.images import TOLERANCE, UPLOADED, check_image, fit, read_facts
from ifdo_core.messages.limits import Slot
from ifdo_ui import cache
from ifdo_ui.text import _, plain


def address_key(key: str) -> str:
    """The key of the input of the image's address."""
    return f"{key}.url"


def picture(label: str, key: str, url: str, slot: Slot, ratio: float | None, typed: Callable[[], None]) -> str:
    """The image's address after what was done to it. ``ratio``: height / width that it must have to be like the other
    images of its carousel; ``typed`` takes what was typed into the input of its address (``address_key(key)``)."""
    given = st.file_uploader(
        _("{label} 파일 ({width}×{height} 권장)", label=plain(label), width=slot.width, height=slot.height),
        type=["jpg", "jpeg", "png", "webp"], key=key,
    )  # fmt: skip
    if given is not None:
        return _uploaded(given.getvalue(), slot, ratio, key) or url
    if url.startswith(UPLOADED):
        st.caption(_("올린 이미지를 쓰고 있어요."))
        return url
    return st.text_input(
        _("또는 이미지 주소"), url, key=address_key(key), on_change=typed,
        help=_("발송 업체에 올려 둔 이미지의 주소만 받아요. 파일을 올리면 보낼 때 업체에 올려 드려요."),
    ) or ""  # fmt: skip


def _uploaded(data: bytes, slot: Slot, ratio: float | None, key: str) -> str:
    """The file as it is where it fits, else made to fit; what was done is said."""
    facts = read_facts(data)
    problems = check_image(facts, slot)
    unlike = facts is not None and ratio is not None and abs(facts.ratio - ratio) > TOLERANCE
    if any(one.code == "image_unreadable" for one in problems):
        st.error(plain(problems[0].text() + " " + problems[0].hint()))
        return ""
    if problems or unlike:
        for one in problems:
            st.caption(plain(one.text()))
        if unlike:
            st.caption(_("캐러셀의 이미지는 비율이 모두 같아야 해서 다른 카드의 비율에 맞춰요."))
        cropped = unlike or any(one.code == "image_ratio" for one in problems)
        data = fit(data, slot, ratio=ratio if unlike else None, keep=_kept(key) if cropped else 0.5)
        st.caption(_("카카오톡에 맞게 자르고 바꿔 넣었어요."))
    return cache.store().messages.put_image(data, utc_now())


def _kept(key: str) -> float:
    """Which part of a picture that is cropped stays."""
    words = {0.0: _("위·왼쪽"), 0.5: _("가운데"), 1.0: _("아래·오른쪽")}
    found = st.segmented_control(
        _("남길 부분"), list(words), default=0.5, required=True, key=f"{key}.keep", format_func=words.__getitem__
    )
    return float(found)
