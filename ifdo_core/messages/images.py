"""Images of a message: what Kakao takes, and how one that it does not take is cropped and converted.

Pillow is imported where it is used: a check of texts must not pay for it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ifdo_core.formats import size_text
from ifdo_core.messages.limits import Slot, TypeLimits, limits
from ifdo_core.messages.model import Message
from ifdo_core.messages.problems import Problem

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

#: What is decoded at most: a small file may hold a picture that fills the memory.
MAX_PIXELS = 60_000_000
#: By how much a ratio may miss.
TOLERANCE = 0.01
#: How the address of an image uploaded here begins.
UPLOADED = "image:"
_QUALITIES = (92, 85, 75, 60, 45)


@dataclass(frozen=True)
class ImageFacts:
    """``format``: 'jpg', 'png' or what else Pillow calls it; ``size``: bytes."""

    width: int
    height: int
    format: str
    size: int

    @property
    def ratio(self) -> float:
        return self.height / self.width


def read_facts(data: bytes) -> ImageFacts | None:
    """Facts of an image file; None where it is none."""
    from PIL import Image as Pictures

    try:
        with Pictures.open(io.BytesIO(data)) as picture:
            name = {"JPEG": "jpg", "PNG": "png"}.get(picture.format or "", (picture.format or "?").lower())
            return ImageFacts(picture.width, picture.height, name, len(data))
    except (OSError, ValueError, SyntaxError, Pictures.DecompressionBombError):
        return None


def check_image(
    facts: ImageFacts | None, slot: Slot, path: str = "image", max_bytes: int | None = None
) -> tuple[Problem, ...]:
    """What keeps an image out of a slot. ``max_bytes``: a dealer's own, lower limit."""
    if facts is None:
        return (Problem("image_unreadable", path),)
    rules, found = limits(), list[Problem]()
    most = min(rules.image_bytes, max_bytes or rules.image_bytes)
    if facts.format not in rules.image_formats:
        found.append(Problem("image_format", path, facts={"format": facts.format.upper()}))
    if facts.width < rules.image_width:
        found.append(Problem("image_width", path, facts={"width": facts.width, "limit": rules.image_width}))
    if not slot.min_ratio - TOLERANCE <= facts.ratio <= slot.max_ratio + TOLERANCE:
        told = {"width": facts.width, "height": facts.height, "wanted": f"{slot.width}:{slot.height}"}
        found.append(Problem("image_ratio", path, facts=told))
    if facts.size > most:
        found.append(Problem("image_bytes", path, facts={"size": size_text(facts.size), "limit": size_text(most)}))
    return tuple(found)


def fit(
    data: bytes, slot: Slot, *, max_bytes: int | None = None, ratio: float | None = None, keep: float = 0.5
) -> bytes:
    """``data`` cropped to the slot's shape, at its recommended width, as JPG on white.

    ``ratio``: height / width to crop to, for carousels whose images must be alike; by default the picture's own where
    the slot takes it. ``keep``: what the crop leaves, from 0 (top or left) over the middle to 1 (bottom or right).
    Raises ValueError where it is no image or too large to decode.
    """
    from PIL import Image as Pictures
    from PIL import ImageOps

    facts = read_facts(data)
    if facts is None or facts.width * facts.height > MAX_PIXELS:
        raise ValueError("not an image that can be decoded")
    most = min(limits().image_bytes, max_bytes or limits().image_bytes)
    wanted = ratio or min(max(facts.ratio, slot.min_ratio), slot.max_ratio)
    with Pictures.open(io.BytesIO(data)) as opened:
        width = max(slot.width, limits().image_width)
        size = (width, round(width * wanted))
        picture = ImageOps.fit(_upright(opened), size, method=Pictures.Resampling.LANCZOS, centering=(keep, keep))
    out = b""
    for quality in _QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        out = buffer.getvalue()
        if len(out) <= most:
            break
    return out


def reduced(data: bytes, width: int) -> bytes:
    """``data`` as JPG of at most this width, for a preview. Raises ValueError where it is no image or too large to
    decode."""
    from PIL import Image as Pictures

    facts = read_facts(data)
    if facts is None or facts.width * facts.height > MAX_PIXELS:
        raise ValueError("not an image that can be decoded")
    with Pictures.open(io.BytesIO(data)) as opened:
        picture = _upright(opened)
    picture.thumbnail((width, MAX_PIXELS))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def _upright(opened: Picture) -> Picture:
    """As a camera meant it, on white."""
    from PIL import Image as Pictures
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(opened)
    if turned.mode in ("RGBA", "LA", "P", "PA"):
        backed = Pictures.new("RGB", turned.size, "white")
        layered = turned.convert("RGBA")
        backed.paste(layered, mask=layered.getchannel("A"))
        turned = backed
    return turned.convert("RGB")


def image_paths(message: Message, kind: TypeLimits) -> Iterator[tuple[str, str, str]]:
    """(path, address, slot) of every image of the message."""
    slots = kind.slots
    if message.image is not None and "image" in slots:
        yield "image", message.image.url, slots["image"]
    if message.video is not None and message.video.thumbnail is not None and "thumbnail" in slots:
        yield "video.thumbnail", message.video.thumbnail.url, slots["thumbnail"]
    for place, item in enumerate(message.items):
        yield f"items[{place}].image", item.image.url, slots.get("item" if place else "first_item", "wide_item")
    if message.head is not None and "head" in slots:
        yield "head.image", message.head.image.url, slots["head"]
    for place, card in enumerate(message.cards):
        if card.image is not None and "card" in slots:
            yield f"cards[{place}].image", card.image.url, slots["card"]


def uploaded_facts(
    message: Message, read: Callable[[str], bytes | None], seen: dict[str, ImageFacts] | None = None
) -> dict[str, ImageFacts | None]:
    """Facts of those images of the message that were uploaded, by address; None where the file is gone or broken.

    ``seen``: facts found before, which are taken and added to: the file of an address never changes.
    """
    kind, seen = limits().types[message.type], {} if seen is None else seen
    ours = dict.fromkeys(address for _, address, _ in image_paths(message, kind) if address.startswith(UPLOADED))
    for address in ours:
        facts = None if address in seen or (data := read(address)) is None else read_facts(data)
        if facts is not None:
            seen[address] = facts
    return {address: seen.get(address) for address in ours}


def shared_ratio(message: Message, path: str, known: Mapping[str, ImageFacts | None]) -> float | None:
    """Height / width that the image at ``path`` must have to be like the others of its carousel: that of the first
    other one; None where there is no other one or the images need not be alike."""
    rules, found = limits(), list(image_paths(message, limits().types[message.type]))
    slot = next((name for one, _, name in found if one == path), "")
    if not slot or not rules.slots[slot].same_ratio:
        return None
    others = (known.get(address) for one, address, name in found if one != path and name == slot)
    return next((one.ratio for one in others if one is not None), None)


def check_images(
    message: Message, kind: TypeLimits, known: Mapping[str, ImageFacts | None] | None
) -> Iterator[Problem]:
    """Faults of the message's images, as far as their facts are ``known`` by address; where it is asked (not None), an
    image that was not uploaded here is warned of."""
    ratios: dict[str, list[tuple[str, float]]] = {}
    for path, address, name in image_paths(message, kind):
        if not address:
            if path in ("image", "video.thumbnail") or path.startswith("cards"):
                yield Problem("missing", path)
            continue
        if known is None:
            continue
        if address not in known:
            if not address.startswith(UPLOADED):
                yield Problem("image_by_address", path, "warning")
            continue
        facts, slot = known[address], limits().slots[name]
        yield from check_image(facts, slot, path)
        if facts is not None and slot.same_ratio:
            ratios.setdefault(name, []).append((path, facts.ratio))
    for several in ratios.values():
        first = several[0][1]
        yield from (Problem("image_ratios_differ", path) for path, one in several if abs(one - first) > TOLERANCE)
