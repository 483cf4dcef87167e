"""Versions, brand and model of a User-Agent header, and what ``params`` say of the screen and of who is looking.

Headers are taken at their word: browsers freeze some versions (Windows 10, macOS 10.15.7) and Chrome on Android names
its device 'K', which is no model.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple, cast

from ifdo_core.ingest.agents import Agent


class Details(NamedTuple):
    """What a header tells beyond ``Agent``; None where it does not."""

    os_version: str | None
    browser_version: str | None
    device_brand: str | None
    device_model: str | None


class Facts(NamedTuple):
    """What an event's ``params`` tell: 'web' or 'app', the width of the screen in CSS pixels, the shop's own staff."""

    platform: str | None
    screen_width: int | None
    is_internal: bool | None


_VERSION = r"(\d+(?:[._]\d+)*)"
_OS = {
    "ios": re.compile(rf"OS {_VERSION} like Mac OS X"),
    "android": re.compile(rf"Android {_VERSION}", re.IGNORECASE),
    "windows": re.compile(rf"Windows NT {_VERSION}"),
    "macos": re.compile(rf"Mac OS X {_VERSION}"),
    "chromeos": re.compile(rf"CrOS \S+ {_VERSION}"),
}
#: Windows' own number → the name people know.
_WINDOWS = {"10.0": "10", "6.3": "8.1", "6.2": "8", "6.1": "7"}
_BROWSER = {
    "samsung_internet": re.compile(rf"SamsungBrowser/{_VERSION}"),
    "whale": re.compile(rf"Whale/{_VERSION}"),
    "edge": re.compile(rf"Edg(?:e|A|iOS)?/{_VERSION}"),
    "opera": re.compile(rf"(?:OPR|OPT|Opera)/{_VERSION}"),
    "firefox": re.compile(rf"(?:Firefox|FxiOS)/{_VERSION}"),
    "chrome": re.compile(rf"(?:Chrome|CriOS|Chromium)/{_VERSION}"),
    "safari": re.compile(rf"Version/{_VERSION}"),
    "in_app": re.compile(rf"(?:KAKAOTALK|Instagram|FBAV)[ /]{_VERSION}"),
}
_MODEL = re.compile(
    r"Android [\d.]+; (?:[a-z]{2}-[a-z]{2}; )?([^;)]{2,60}?)(?: Build/[^;)]*)?(?:; wv)?[;)]", re.IGNORECASE
)
_BRANDS = (
    ("SM-", "samsung"), ("SHV-", "samsung"), ("SHW-", "samsung"), ("GALAXY", "samsung"), ("SAMSUNG", "samsung"),
    ("LM-", "lg"), ("LG", "lg"), ("PIXEL", "google"), ("NEXUS", "google"), ("REDMI", "xiaomi"), ("MI ", "xiaomi"),
    ("POCO", "xiaomi"), ("XIAOMI", "xiaomi"), ("XPERIA", "sony"), ("ONEPLUS", "oneplus"), ("HUAWEI", "huawei"),
)  # fmt: skip
_APPLE = (("iphone", "iPhone"), ("ipad", "iPad"), ("ipod", "iPod"), ("macintosh", "Mac"))


@lru_cache(maxsize=50_000)
def read_details(header: str, agent: Agent) -> Details:
    """What ``header``, whose kinds are ``agent``, tells of versions and the device."""
    system = _found(_OS.get(agent.os), header)
    if system is not None:
        system = system.replace("_", ".")
        system = _WINDOWS.get(system, system) if agent.os == "windows" else system
    brand, model = _device(header)
    return Details(system, _found(_BROWSER.get(agent.browser), header), brand, model)


def _found(pattern: re.Pattern[str] | None, header: str) -> str | None:
    found = pattern.search(header) if pattern else None
    return found[1] if found else None


def _device(header: str) -> tuple[str | None, str | None]:
    lower = header.lower()
    for sign, model in _APPLE:
        if sign in lower:
            return "apple", model
    found = _MODEL.search(header)
    model = found[1].strip() if found else None
    if model is None or model.lower() in ("mobile", "tablet", "wv"):
        return None, None
    return next((brand for sign, brand in _BRANDS if model.upper().startswith(sign)), None), model


_PLATFORMS = {"web": "web", "app": "app", "ios": "app", "android": "app"}
_YES = ("true", "1", "yes")


def read_facts(params: str) -> Facts:
    """What ``params`` (JSON) tell; nothing where they are no object."""
    try:
        data: Any = json.loads(params)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return Facts(None, None, None)
    told = cast("dict[str, Any]", data)
    platform = _PLATFORMS.get(str(told.get("platform")).lower())
    internal = str(told.get("internal")).lower() in _YES or told.get("traffic_type") == "internal"
    width = told.get("screen_width", str(told.get("screen_resolution", "")).partition("x")[0])
    digits = re.fullmatch(r"[1-9]\d{0,4}", str(width), re.ASCII)
    return Facts(platform, int(digits[0]) if digits else None, True if internal else None)
