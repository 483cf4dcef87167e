"""Device, system, browser and in-app browser of a User-Agent header.

Values are those of data/lookups/values.yaml. The signs are those the makers document or plainly send; within each list
the first one found decides, since browsers imitate those they descend from.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Agent(NamedTuple):
    """What a User-Agent tells; ``inapp`` is None for an ordinary browser."""

    device: str
    os: str
    browser: str
    inapp: str | None


_INAPP = (
    ("kakaotalk", "kakaotalk"),
    ("kakaostory", "kakaostory"),
    ("naver(inapp", "naver"),
    ("instagram", "instagram"),
    ("barcelona", "threads"),
    ("fban/messenger", "facebook_messenger"),
    ("fb_iab/messenger", "facebook_messenger"),
    ("fban", "facebook"),
    ("fbav", "facebook"),
    ("fb_iab", "facebook"),
    ("band/", "band"),
    (" line/", "line"),
    ("daumapps", "daum"),
    ("musical_ly", "tiktok"),
    ("bytedancewebview", "tiktok"),
    ("tiktok", "tiktok"),
    ("twitter", "x"),
    ("pinterest/", "pinterest"),
    ("snapchat", "snapchat"),
    ("linkedinapp", "linkedin"),
    ("whatsapp", "whatsapp"),
    ("micromessenger", "wechat"),
    ("gsa/", "google"),
)
_SYSTEMS = (
    ("windows phone", "other"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("ipod", "ios"),
    ("android", "android"),
    ("windows", "windows"),
    ("mac os x", "macos"),
    ("macintosh", "macos"),
    ("cros ", "chromeos"),
    ("linux", "linux"),
)
_BROWSERS = (
    ("samsungbrowser", "samsung_internet"),
    ("whale", "whale"),
    ("edg/", "edge"),
    ("edga/", "edge"),
    ("edgios/", "edge"),
    ("edge/", "edge"),
    ("opr/", "opera"),
    ("opera", "opera"),
    ("opt/", "opera"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("; wv)", "in_app"),
    ("crios", "chrome"),
    ("chrome", "chrome"),
    ("chromium", "chrome"),
    ("safari", "safari"),
)


def _first(text: str, signs: tuple[tuple[str, str], ...]) -> str | None:
    return next((value for sign, value in signs if sign in text), None)


@lru_cache(maxsize=50_000)
def read_agent(header: str) -> Agent:
    """What the header tells; 'other' where it is none of the known ones."""
    text = header.lower()
    system = _first(text, _SYSTEMS) or "other"
    inapp = _first(text, _INAPP)
    browser = "in_app" if inapp is not None else _first(text, _BROWSERS) or "other"
    return Agent(_device(text, system), system, browser, inapp)


def _device(text: str, system: str) -> str:
    if "ipad" in text or "tablet" in text or (system == "android" and "mobile" not in text):
        return "tablet" if "smart-tv" not in text and "smarttv" not in text else "other"
    if "mobile" in text or system in ("android", "ios"):
        return "mobile"
    return "desktop" if system in ("windows", "macos", "linux", "chromeos") else "other"
