"""The ledger of consents: withdrawal at once effective, who is to be told, and a proof that shows later changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from ifdo_core.catalogue.lists import label_of
from ifdo_core.engines import open_engine
from ifdo_core.errors import MessageError, NotAllowed
from ifdo_core.messages.consents import two_years_after
from ifdo_core.roles import ROLES
from ifdo_core.workbench import Workbench

NOW = datetime(2026, 11, 24, 3)
ANALYST, VIEWER = ROLES["analyst"], ROLES["viewer"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    monkeypatch.setenv("IFDO_STATE_URL", f"sqlite:///{tmp_path}/state.db")
    with Workbench(open_engine(":memory:")) as workbench:
        days = (100, 700, 729, 730, 760, None)
        workbench.load(
            members=pd.DataFrame(
                {
                    "member_id": [f"m{n}" for n in range(6)],
                    "phone": ["01012345678"] * 6,
                    "name": ["김하나"] * 6,
                    "marketing_consent": [True] * 6,
                    "channel_friend": [True] * 6,
                    "consent_at": pd.to_datetime(
                        [None if one is None else NOW - timedelta(days=one) for one in days]
                    ).tz_localize("UTC"),
                }
            )
        )
        yield workbench
        workbench.messages.store.close()


def test_a_withdrawal_is_effective_at_once(shop: Workbench) -> None:
    messages = shop.messages
    assert messages.reach(None, "M").count == messages.reach(None, "I").count == 6
    assert messages.consents.of("m0").agreed
    assert messages.consents.withdraw(["m0", "m0"], "080", "me", NOW) == 1
    for targeting in ("M", "N", "I"):
        assert "m0" not in set(messages.people(None, targeting, masked=False)["member_id"])
    assert not messages.consents.of("m0").agreed
    assert messages.store.consents.withdrawn([f"m{n}" for n in range(6)]) == {"m0"}
    with pytest.raises(MessageError):
        messages.consents.agree(["m0"], "mypage", "me", NOW)  # without a wording
    messages.consents.agree(["m0"], "mypage", "me", NOW, wording="v3", proof="screen-3.png")
    assert messages.consents.of("m0").agreed
    assert messages.reach(None, "M").count == 6
    assert messages.store.consents.withdrawn(["m0"]) == set()


def test_withdrawing_something_else_leaves_the_consent(shop: Workbench) -> None:
    consents = shop.messages.consents
    consents.agree(["m1"], "signup", "me", NOW, wording="v1", what="night")
    consents.withdraw(["m1"], "mypage", "me", NOW, what="night")
    assert consents.of("m1").agreed
    assert shop.messages.reach(None, "M").count == 6
    with pytest.raises(MessageError, match="모르는 회원"):
        consents.withdraw(["m1", "nobody"], "080", "me", NOW)
    assert consents.ledger.count() == 2


def test_who_is_to_be_reminded_every_two_years(shop: Workbench) -> None:
    consents = shop.messages.consents
    found = consents.due(NOW, 30)
    assert list(found["member_id"]) == ["m4", "m3", "m2", "m1"]
    assert list(found["days_left"]) == [-30, 0, 1, 30]
    assert set(found["phone"]) == {"010-****-5678"}
    assert set(found["name"]) == {"김*나"}
    assert list(consents.due(NOW, 0)["member_id"]) == ["m4", "m3"]
    assert consents.remind(["m4"], "written", "me", NOW) == 1
    consents.withdraw(["m3"], "080", "me", NOW)
    assert list(consents.due(NOW, 30)["member_id"]) == ["m2", "m1"]
    later = NOW + timedelta(days=729)
    assert {"m4", "m2", "m1", "m0"} == set(consents.due(later, 30)["member_id"])


def test_the_result_is_told_within_14_days(shop: Workbench) -> None:
    consents = shop.messages.consents
    consents.withdraw(["m1"], "080", "me", NOW - timedelta(days=3))
    consents.agree(["m2"], "mypage", "me", NOW, wording="v1")
    found = consents.unnoticed(NOW)
    assert list(zip(found["member_id"], found["days_left"], strict=True)) == [("m1", 11), ("m2", 14)]
    consents.notice(["m1"], "written", "me", NOW)
    assert list(consents.unnoticed(NOW)["member_id"]) == ["m2"]


def test_two_years_after_a_leap_day() -> None:
    assert two_years_after(date(2024, 2, 29)) == date(2026, 2, 28)
    assert two_years_after(date(2024, 2, 28)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ("update consents set member_id = 'm5' where number = 2", 2),
        ("update consents set facts = '{}' where number = 1", 1),
        ("delete from consents where number = 2", 3),
        ("update consents set kind = 'agreed' where number = 3", 3),
    ],
)
def test_a_change_afterwards_is_seen(shop: Workbench, tmp_path: Path, change: str, at: int) -> None:
    consents = shop.messages.consents
    for member in ("m0", "m1", "m2"):
        consents.withdraw([member], "080", "me", NOW)
    assert consents.ledger.verify() is None
    with create_engine(f"sqlite:///{tmp_path}/state.db").begin() as connection:
        connection.execute(text(change))
    assert consents.ledger.verify() == at
    with pytest.raises(MessageError, match="처음 쓴 것과 달라요"):
        consents.export("me", ANALYST, NOW)


def test_the_proof_is_logged_and_for_those_who_may(shop: Workbench) -> None:
    consents = shop.messages.consents
    consents.agree(["m0"], "signup", "me", NOW, wording="2026-11 동의문", proof="consent.png")
    with pytest.raises(NotAllowed):
        consents.export("me", VIEWER, NOW)
    found = consents.export("me", ANALYST, NOW, ["m0"])
    assert found.iloc[0][["member_id", "how", "wording", "proof"]].tolist() == [
        "m0", "signup", "2026-11 동의문", "consent.png",
    ]  # fmt: skip
    [logged] = shop.messages.store.exports.newest()
    assert (logged.what, logged.rows, logged.who) == ("consents", 1, "me")


def test_the_list_of_reminders_is_logged_too(shop: Workbench) -> None:
    consents = shop.messages.consents
    with pytest.raises(NotAllowed):
        consents.export_due("me", VIEWER, NOW, 3650)
    found = consents.export_due("me", ANALYST, NOW, 3650)
    assert found.equals(consents.due(NOW, 3650))
    [logged] = shop.messages.store.exports.newest()
    assert (logged.what, logged.rows, logged.masked) == ("reminders", len(found), True)
    assert label_of(logged.what) == "동의 사실을 알릴 회원"
