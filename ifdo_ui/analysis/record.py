"""The record of the daily analysis: when it ran, on what data, how long, what failed; and who got the digest."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from ifdo_core import jobs
from ifdo_core.analysis.lifetime import model_name
from ifdo_core.digest.post import FAILED, SENT, attempts
from ifdo_core.failures import failure_text
from ifdo_core.formats import date_text, duration_text, time_text
from ifdo_core.lists.masks import mask_email
from ifdo_ui import cache
from ifdo_ui.text import _

_MOST = 30


def draw(opened: cache.Shop) -> None:
    """The newest runs and e-mails; nothing where nothing ran yet."""
    workbench = opened.workbench
    runs = jobs.runs(workbench.engine).head(_MOST)
    if runs.empty:
        return
    with st.expander(_("분석 기록"), icon=":material/history:"):
        zone = workbench.settings.zone
        words = st.column_config.TextColumn
        st.dataframe(
            pd.DataFrame(
                {
                    "started": [time_text(at, zone) for at in runs["started_at"]],
                    "status": [_outcome(row) for row in runs.to_dict("records")],
                    "took": [_took(row) for row in runs.to_dict("records")],
                    "as_of": [time_text(at, zone) for at in runs["as_of"]],
                    "version": runs["data_version"],
                    "customers": runs["customers"],
                    "model": ["" if pd.isna(name) else model_name(str(name)) for name in runs["model"]],
                }
            ),
            hide_index=True,
            placeholder="",
            key="record.runs",
            column_config={
                "started": words(_("시작")),
                "status": words(_("결과"), width="large" if (runs["status"] == "failed").any() else "medium"),
                "took": words(_("걸린 시간"), alignment="right"),
                "as_of": words(_("어느 때까지의 데이터")),
                "version": st.column_config.NumberColumn(_("데이터 버전"), format="localized"),
                "customers": st.column_config.NumberColumn(_("고객 수"), format="localized"),
                "model": words(_("쓴 모형")),
            },
        )
        _mails(opened)


def _outcome(run: dict[Any, Any]) -> str:
    match str(run["status"]):
        case "done":
            return _("마쳤어요")
        case "running":
            return _("지금 도는 중이에요")
        case _ if run["failure"] == jobs.BROKEN_OFF:
            return _("도중에 끊겼어요. 다음 분석이 처음부터 다시 했어요.")
        case _:
            code = str(run["failure"])
            return _("실패했어요. {reason} 다음 차례에 다시 해요. ({code})", reason=failure_text(code), code=code)


def _took(run: dict[Any, Any]) -> str:
    if pd.isna(run["finished_at"]):
        return ""
    return duration_text((run["finished_at"] - run["started_at"]).total_seconds())


def _mails(opened: cache.Shop) -> None:
    """Whom the digest went out to by itself."""
    mails = attempts(opened.workbench.engine).head(_MOST)
    if mails.empty:
        return
    st.caption(_("아침 요약 이메일"))
    words = st.column_config.TextColumn
    st.dataframe(
        pd.DataFrame(
            {
                "day": [date_text(day) for day in mails["day"]],
                "address": [mask_email(address) for address in mails["address"]],
                "status": [_mail_outcome(row) for row in mails.to_dict("records")],
                "attempt": mails["attempt"],
                "tried": [time_text(at, opened.workbench.settings.zone) for at in mails["tried_at"]],
            }
        ),
        hide_index=True,
        key="record.mails",
        column_config={
            "day": words(_("날짜")),
            "address": words(_("받는 사람")),
            "status": words(_("결과"), width="large" if (mails["status"] == FAILED).any() else "medium"),
            "attempt": st.column_config.NumberColumn(_("시도"), format="localized"),
            "tried": words(_("언제")),
        },
    )


def _mail_outcome(mail: dict[Any, Any]) -> str:
    match mail["status"]:
        case value if value == SENT:
            return _("보냈어요")
        case value if value == FAILED:
            code = str(mail["failure"])
            return _("보내지 못했어요. {reason} ({code})", reason=failure_text(code), code=code)
        case _:
            return _("보내다 끊겨 나갔는지 알 수 없어요")
