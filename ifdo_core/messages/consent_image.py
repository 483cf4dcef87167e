"""The image of the consent text that members agreed to: whether a reviewer could read it at all."""

from __future__ import annotations

import io

from ifdo_core.formats import size_text
from ifdo_core.messages.images import MAX_PIXELS, read_facts
from ifdo_core.messages.limits import limits
from ifdo_core.messages.problems import Problem

#: Narrower than this, a screen of consent text cannot be read (our own rule).
MIN_WIDTH = 600
#: Grey levels of a page with writing on it lie further apart than this on average (of 255; our own rule).
_MIN_SPREAD = 6.0


def check_consent_image(data: bytes) -> tuple[Problem, ...]:
    """What keeps an image from being evidence: no image, another format, too heavy, too small to read, or blank."""
    facts = read_facts(data)
    if facts is None or facts.width * facts.height > MAX_PIXELS:
        return (Problem("image_unreadable", "evidence"),)
    rules, found = limits(), list[Problem]()
    if facts.format not in rules.image_formats:
        found.append(Problem("image_format", "evidence", facts={"format": facts.format.upper()}))
    if facts.size > rules.image_bytes:
        told = {"size": size_text(facts.size), "limit": size_text(rules.image_bytes)}
        found.append(Problem("image_bytes", "evidence", facts=told))
    if facts.width < MIN_WIDTH:
        found.append(Problem("image_width", "evidence", facts={"width": facts.width, "limit": MIN_WIDTH}))
    if _is_blank(data):
        found.append(Problem("image_blank", "evidence"))
    return tuple(found)


def _is_blank(data: bytes) -> bool:
    from PIL import Image as Pictures
    from PIL import ImageStat

    with Pictures.open(io.BytesIO(data)) as picture:
        return ImageStat.Stat(picture.convert("L")).stddev[0] < _MIN_SPREAD
