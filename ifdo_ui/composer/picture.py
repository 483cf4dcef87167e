"""An image of a message: by its address, or a file that is checked, and cropped and converted where it does not fit."""

from __future__ import annotations

import streamlit as st

from ifdo_core.clock import utc_now
from ifdo_core.messages.images import check_image, fit, read_facts
from ifdo_core.messages.limits import Slot
from ifdo_ui import cache
from ifdo_ui.text import _, plain


def picture(label: str, key: str, url: str, slot: Slot) -> str:
    """The image's address after what was done to it."""
    given = st.file_uploader(
        _("{label} 파일 ({width}×{height} 권장)", label=plain(label), width=slot.width, height=slot.height),
        type=["jpg", "jpeg", "png", "webp"], key=key,
    )  # fmt: skip
    if given is not None:
        return _uploaded(given.getvalue(), slot) or url
    if url.startswith("image:"):
        st.caption(_("올린 이미지를 쓰고 있어요."))
        return url
    return st.text_input(_("또는 이미지 주소"), url, key=f"{key}.url") or ""


def _uploaded(data: bytes, slot: Slot) -> str:
    """The file as it is where it fits, else made to fit; what was done is said."""
    problems = check_image(read_facts(data), slot)
    if any(one.code == "image_unreadable" for one in problems):
        st.error(plain(problems[0].text() + " " + problems[0].hint()))
        return ""
    if problems:
        for one in problems:
            st.caption(plain(one.text()))
        data = fit(data, slot)
        st.caption(_("카카오톡에 맞게 자르고 바꿔 넣었어요."))
    return cache.store().messages.put_image(data, utc_now())
