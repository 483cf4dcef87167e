"""Consents: who agreed to what, when and how; withdrawal that is effective at once; what the law asks to be told.

Sources, as public compliance texts quote the Network Act (not legal advice): art. 50(2) nothing after a refusal, 50(7)
with decree 62-2 the result of a request is told within 14 days, 50(8) with decree 62-3 the consent is confirmed every
two years from its date.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import func, or_, select

from ifdo_core import tables
from ifdo_core.chunks import chunks
from ifdo_core.engines import Engine
from ifdo_core.engines.sql import instant
from ifdo_core.errors import MessageError
from ifdo_core.messages.masking import masked_name, masked_phone
from ifdo_core.messages.working_days import korean_day
from ifdo_core.roles import Role, require_export
from ifdo_core.store.consents import ConsentEvent, ConsentLedger
from ifdo_core.store.exports import ExportLog, ExportRecord

NOTICE_DAYS = 14
_AT_ONCE = 1_000
#: Two years have at least so many days.
_LEAST_DAYS = 729
#: What can be agreed to → its words, Korean msgids.
WHAT: Mapping[str, str] = MappingProxyType(
    {"marketing": "광고성 정보 수신", "kakaotalk": "카카오톡으로 받기", "night": "밤 9시부터 아침 8시까지 받기"}
)
#: What a row of the ledger says, Korean msgids.
KINDS: Mapping[str, str] = MappingProxyType(
    {"agreed": "동의", "withdrawn": "철회", "reminded": "동의 사실 안내", "noticed": "처리 결과 안내"}
)
#: How it was said, Korean msgids.
WAYS: Mapping[str, str] = MappingProxyType(
    {
        "signup": "회원 가입 화면",
        "mypage": "마이페이지",
        "080": "080 수신거부 전화",
        "channel": "카카오톡 채널 차단",
        "written": "서면·고객센터",
        "file": "회원 파일",
    }
)


@dataclass(frozen=True)
class Standing:
    """A member's consent to marketing now. ``since``: when it was last given or taken back; ``known``: whether the
    data or the ledger have this member."""

    member_id: str
    agreed: bool
    since: datetime | None
    history: tuple[ConsentEvent, ...]
    known: bool = True


class Consents:
    """The ledger with the shop's members; ``take`` loads rows of members."""

    def __init__(
        self, ledger: ConsentLedger, log: ExportLog, engine: Engine, take: Callable[[pd.DataFrame], Any] | None
    ) -> None:
        self.ledger, self._log, self._engine, self._take = ledger, log, engine, take

    # --- what is said -------------------------------------------------------------------------

    def agree(
        self, members: Sequence[str], how: str, who: str, now: datetime, *, wording: str = "", proof: str = "",
        what: str = "marketing",
    ) -> int:  # fmt: skip
        """Keeps that they agreed. ``wording``: the text or its version; ``proof``: where the evidence lies.

        Raises MessageError without a wording: a consent whose words are not known proves nothing.
        """
        if not wording.strip():
            raise MessageError(
                "wording_missing", "동의 문구가 비어 있어요.", "회원이 동의한 글이나 그 버전을 적어 주세요."
            )
        kept = self._add(members, what, "agreed", who, now, {"how": how, "wording": wording, "proof": proof})
        if what == "marketing":
            moment = pd.Timestamp(now, tz="UTC")
            self._load(members, marketing_consent=True, opted_out=False, consent_at=moment)
        return kept

    def withdraw(self, members: Sequence[str], how: str, who: str, now: datetime, what: str = "marketing") -> int:
        """From now on they get nothing: no reach counts them, and a sending under way leaves them out."""
        kept = self._add(members, what, "withdrawn", who, now, {"how": how})
        if what == "marketing":
            self._load(members, marketing_consent=False, opted_out=True)
        return kept

    def remind(self, members: Sequence[str], how: str, who: str, now: datetime) -> int:
        """Keeps that they were told of their consent; silence keeps it valid."""
        return self._add(members, "marketing", "reminded", who, now, {"how": how})

    def notice(self, members: Sequence[str], how: str, who: str, now: datetime) -> int:
        """Keeps that they were told what became of their request."""
        return self._add(members, "marketing", "noticed", who, now, {"how": how})

    def _add(
        self, members: Sequence[str], what: str, kind: str, who: str, now: datetime, facts: Mapping[str, Any]
    ) -> int:
        unknown = sorted(set(members) - self._known(members))
        if unknown:
            raise MessageError(
                "unknown_members", "모르는 회원이에요: {members}.", "회원 ID를 확인해 주세요.",
                members=", ".join(unknown[:5]),
            )  # fmt: skip
        return self.ledger.add(ConsentEvent(now, one, what, kind, who, facts) for one in dict.fromkeys(members))

    def _known(self, members: Collection[str]) -> set[str]:
        m = tables.members.c
        return {
            str(row[0])
            for part in chunks(members, _AT_ONCE)
            for row in self._engine.execute(select(m.member_id).where(m.member_id.in_(part)))
        }

    def _load(self, members: Sequence[str], **values: Any) -> None:
        if self._take is not None:
            self._take(pd.DataFrame({"member_id": list(dict.fromkeys(members)), **values}))

    # --- what holds ---------------------------------------------------------------------------

    def of(self, member_id: str) -> Standing:
        """Where one member stands; the member's row says it where the ledger has nothing."""
        history = tuple(self.ledger.of(member_id))
        said = [one for one in history if one.what == "marketing" and one.kind in ("agreed", "withdrawn")]
        if said:
            return Standing(member_id, said[-1].kind == "agreed", said[-1].at, history)
        m = tables.members.c
        rows = self._engine.execute(
            select(m.marketing_consent, m.opted_out, m.consent_at).where(m.member_id == member_id)
        )
        if not rows:
            return Standing(member_id, False, None, history, known=bool(history))
        consent, opted_out, at = rows[0]
        return Standing(member_id, bool(consent) and not opted_out, at, history)

    def due(self, now: datetime, within_days: int = 30) -> pd.DataFrame:
        """Members whose consent is to be confirmed by ``within_days`` from now, the most overdue first.

        member_id, name and phone (masked), agreed_at, due_on, days_left (below 0 once past), told_at (the last time).
        """
        m = tables.members.c
        frame = self._engine.frame(
            select(m.member_id, m.name, m.phone, m.consent_at).where(
                func.coalesce(m.marketing_consent, False).is_(True),
                func.coalesce(m.opted_out, False).is_(False),
                or_(m.consent_at.is_(None), m.consent_at <= instant(now + timedelta(days=within_days - _LEAST_DAYS))),
            )
        )
        latest = self._latest(("agreed", "reminded"))
        gone, today = self.ledger.all_withdrawn(), korean_day(now)
        rows: list[tuple[Any, ...]] = []
        for member, name, phone, consent_at in frame.itertuples(index=False, name=None):
            told = latest.get(str(member))
            agreed = None if pd.isna(consent_at) else pd.Timestamp(consent_at).to_pydatetime()
            last = max((one for one in (agreed, told) if one is not None), default=None)
            if last is None or str(member) in gone:
                continue
            due_on = two_years_after(korean_day(last))
            if (due_on - today).days <= within_days:
                rows.append((str(member), masked_name(_text(name)), masked_phone(_text(phone)), agreed, due_on,
                             (due_on - today).days, told))  # fmt: skip
        columns = ["member_id", "name", "phone", "agreed_at", "due_on", "days_left", "told_at"]
        found = pd.DataFrame(rows, columns=columns)
        return found.sort_values(["days_left", "member_id"]).reset_index(drop=True)

    def unnoticed(self, now: datetime) -> pd.DataFrame:
        """Requests whose result was not told yet: member_id, kind, at, due_on (within 14 days), days_left."""
        told = self._latest(("noticed",))
        today = korean_day(now)
        rows: list[tuple[Any, ...]] = []
        for one in self.ledger.list(kinds=("agreed", "withdrawn")):
            if one.what == "marketing" and (one.member_id not in told or told[one.member_id] < one.at):
                due_on = korean_day(one.at) + timedelta(days=NOTICE_DAYS)
                rows.append((one.member_id, one.kind, one.at, due_on, (due_on - today).days))
        frame = pd.DataFrame(rows, columns=["member_id", "kind", "at", "due_on", "days_left"])
        return frame.drop_duplicates("member_id").sort_values("days_left").reset_index(drop=True)

    def _latest(self, kinds: Sequence[str]) -> dict[str, datetime]:
        out: dict[str, datetime] = {}
        for one in reversed(self.ledger.list(kinds=kinds)):
            if one.what == "marketing":
                out[one.member_id] = max(one.at, out.get(one.member_id, one.at))
        return out

    # --- proof --------------------------------------------------------------------------------

    def frame(self, members: Collection[str] | None = None) -> pd.DataFrame:
        """number, at, member_id, what, kind, how, wording, proof, who, digest: the ledger's rows, the oldest first."""
        wanted = None if members is None else set(members)
        rows = [
            (one.number, one.at, one.member_id, one.what, one.kind, one.facts.get("how", ""),
             one.facts.get("wording", ""), one.facts.get("proof", ""), one.who, one.digest)
            for one in reversed(self.ledger.list())
            if wanted is None or one.member_id in wanted
        ]  # fmt: skip
        names = ["number", "at", "member_id", "what", "kind", "how", "wording", "proof", "who", "digest"]
        return pd.DataFrame(rows, columns=names)

    def export(self, who: str, role: Role, now: datetime, members: Collection[str] | None = None) -> pd.DataFrame:
        """``frame`` to be handed out, and the log's entry of it. Raises NotAllowed where the role may not export, and
        MessageError where the ledger is not as it was written."""
        require_export(role)
        broken = self.ledger.verify()
        if broken is not None:
            raise MessageError(
                "ledger_broken", "동의 기록의 {number}번째 줄이 처음 쓴 것과 달라요.", "저장소의 백업과 견주어 보세요.",
                number=broken,
            )  # fmt: skip
        return self._handed_out(self.frame(members), "consents", who, role, now)

    def export_due(self, who: str, role: Role, now: datetime, within_days: int = 30) -> pd.DataFrame:
        """``due`` to be handed out, and the log's entry of it. Raises NotAllowed where the role may not export."""
        require_export(role)
        return self._handed_out(self.due(now, within_days), "reminders", who, role, now)

    def _handed_out(self, found: pd.DataFrame, what: str, who: str, role: Role, now: datetime) -> pd.DataFrame:
        self._log.add(
            ExportRecord(now, who, role.id, "download", f"{what}.csv", "", "", what, "", tuple(found.columns),
                         True, "", len(found), "csv")
        )  # fmt: skip
        return found


def two_years_after(day: date) -> date:
    """The day two years on; 28 February where there is no 29th."""
    try:
        return day.replace(year=day.year + 2)
    except ValueError:
        return day.replace(year=day.year + 2, day=28)


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)
