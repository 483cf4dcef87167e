"""Which role acts: the given one, or one with fewer rights that was chosen, each thread and task for itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ifdo_core.roles import ROLES, choose_role, current_role, roles_within


@pytest.fixture(autouse=True)
def _as_given(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("IFDO_ROLE", raising=False)
    yield
    choose_role("")


@pytest.mark.parametrize(
    ("given", "within"),
    [
        ("viewer", {"viewer"}),
        ("marketer", {"viewer", "analyst", "marketer"}),
        ("admin", {"viewer", "analyst", "marketer", "admin"}),
    ],
)
def test_roles_that_may_do_no_more(given: str, within: set[str]) -> None:
    assert {role.id for role in roles_within(ROLES[given])} == within


def test_one_may_act_with_less_but_never_with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    choose_role("viewer")
    assert current_role().id == "viewer"
    choose_role("admin")
    assert current_role().id == "marketer"
    choose_role("king")
    assert current_role().id == "marketer"
    monkeypatch.setenv("IFDO_ROLE", "admin")
    choose_role("marketer")
    assert not current_role().may_see_personal_data
    monkeypatch.setenv("IFDO_ROLE", "viewer")
    assert current_role().id == "viewer", "what was chosen is beyond what is given now"


def test_a_choice_is_of_the_thread_that_made_it() -> None:
    choose_role("viewer")
    found: list[str] = []
    other = threading.Thread(target=lambda: found.append(current_role().id))
    other.start()
    other.join()
    assert found == ["marketer"]
