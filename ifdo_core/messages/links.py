"""The message's id on its links: a visit that a link led to carries it, so that it can be told which message it was."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from ifdo_core.messages.fields import with_texts
from ifdo_core.messages.model import Links, Message
from ifdo_core.segments.subjects import MESSAGE_ID

#: What it adds to an address at most: the parameter's name, its signs and a key of 40 characters.
ADDED = len(MESSAGE_ID) + 42
_WEB = (".mobile", ".pc", ".link")


def with_message_id(message: Message, message_id: str) -> Message:
    """``message`` with ``ifdo_mid=<message_id>`` on every web link that has none yet."""

    def change(path: str, text: str) -> str:
        return marked(text, message_id) if path.endswith(_WEB) else text

    changed = with_texts(message, change)
    tail = message.tail
    if tail is None:
        return changed
    return replace(changed, tail=Links(marked(tail.mobile, message_id), marked(tail.pc, message_id),
                                       tail.android, tail.ios))  # fmt: skip


def marked(url: str, message_id: str) -> str:
    """A web address with the parameter, before its fragment; anything else as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not parts.netloc or f"{MESSAGE_ID}=" in parts.query:
        return url
    query = f"{parts.query}&{MESSAGE_ID}={message_id}" if parts.query else f"{MESSAGE_ID}={message_id}"
    return urlunsplit(parts._replace(query=query))
