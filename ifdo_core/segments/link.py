"""A segment as text for a link, so that what one sees a colleague sees by the address."""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from ifdo_core.errors import SegmentError
from ifdo_core.segments.model import Segment

MAX_LINK = 60_000  # bytes of JSON that a link may unpack to
TREE = "tree."  # begins a link that carries the whole tree; ids of saved segments have no dot


def pack(segment: Segment) -> str:
    """A segment as text for a link."""
    small = zlib.compress(json.dumps(segment.to_dict(), ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return TREE + base64.urlsafe_b64encode(small).decode().rstrip("=")


def unpack(text: str) -> Segment:
    """The segment of a link. Raises SegmentError where the link is cut off or was changed."""
    packed = text.removeprefix(TREE)
    try:
        reader = zlib.decompressobj()
        data = reader.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MAX_LINK)
        if not reader.eof:
            raise ValueError
        return Segment.from_json(data.decode())
    except (ValueError, binascii.Error, zlib.error) as error:
        raise SegmentError(
            "link_broken",
            "링크를 읽을 수 없어요. 주소가 중간에 잘렸을 수 있어요.",
            "보낸 사람에게 링크를 다시 받아 주세요.",
            path="?segment",
        ) from error
