"""Ready messages to begin with (``data/messages/templates.yaml``)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml

from ifdo_core.messages.limits import LIMITS_FILE
from ifdo_core.messages.model import Message


@dataclass(frozen=True)
class Template:
    id: str
    ko: str
    en: str
    message: Message


@cache
def templates() -> tuple[Template, ...]:
    """All of them, in the order they are offered."""
    rows = yaml.safe_load(LIMITS_FILE.with_name("templates.yaml").read_text(encoding="utf-8"))
    return tuple(Template(row["id"], row["ko"], row["en"], Message.from_dict(row["message"])) for row in rows)
