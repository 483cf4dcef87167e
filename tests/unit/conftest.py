"""What tests of several rooms need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.inbox import Inbox, open_inbox


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server of this machine that IFDO_SMTP_* name."""
    with open_inbox(monkeypatch) as box:
        yield box
