"""The digest as HTML: tables and inline styles alone, so that a program for e-mail shows it as a browser does."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ifdo_core.charts import ACCENT, BAD, CONTEXT, GOOD
from ifdo_core.formats import time_text
from ifdo_core.i18n import current_language, translate

if TYPE_CHECKING:
    from ifdo_core.digest.result import Digest
    from ifdo_core.insights import Insight

_INK, _SOFT, _LINE, _GROUND = "#1B1F2A", "#5B6472", "#E3E6EC", "#F5F6F9"
_FONT = "'Pretendard','Noto Sans KR','Apple SD Gothic Neo','Malgun Gothic',sans-serif"
WIDTH, HEIGHT = 560, 90


def page(digest: Digest, *, pictures: bool) -> str:
    """A whole document; every text of the shop is escaped."""
    parts = [_head(digest), _numbers(digest)]
    if digest.insights.items:
        parts += [_card(digest, item, pictures=pictures) for item in digest.insights.items]
    else:
        parts.append(_block(f'<p style="margin:0">{escape(digest.insights.insight())}</p>'))
    if len(digest.at_risk):
        parts.append(_at_risk(digest))
    told = [digest.watched()] if digest.insights.watched else []
    told.append(translate("기준 시각 {time}").format(time=time_text(digest.now, digest.zone)))
    parts.append(f'<p style="color:{_SOFT};font-size:13px;margin:16px 4px">{escape(" ".join(told))}</p>')
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{current_language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(digest.subject())}</title></head>\n"
        f'<body style="margin:0;background:{_GROUND};color:{_INK};font-family:{_FONT};font-size:15px;line-height:1.55;'
        f'word-break:keep-all"><div style="max-width:640px;margin:0 auto;padding:20px 12px">\n{body}\n'
        "</div></body></html>\n"
    )


def _block(inside: str) -> str:
    return (
        f'<div style="background:#FFFFFF;border:1px solid {_LINE};border-radius:8px;padding:16px 18px;margin:0 0 12px">'
        f"{inside}</div>"
    )


def _head(digest: Digest) -> str:
    shop = f'<p style="color:{_SOFT};font-size:13px;margin:0">{escape(digest.shop)}</p>' if digest.shop else ""
    title = f'<h1 style="font-size:21px;margin:2px 0">{escape(digest.title())}</h1>'
    return f'<div style="margin:0 4px 14px">{shop}{title}</div>'


def _numbers(digest: Digest) -> str:
    rows = "".join(
        f'<tr><td style="padding:5px 0;color:{_SOFT}">{escape(item.name())}</td>'
        f'<td style="padding:5px 0;text-align:right;font-weight:700;white-space:nowrap">'
        f"{escape(item.number(item.verdict.actual))}</td>"
        f'<td style="padding:5px 0 5px 12px;text-align:right;color:{_SOFT};font-size:13px">'
        f"{escape(digest.number_line(item))}</td></tr>"
        for item in digest.numbers()
    )
    if not rows:
        return ""
    return _block(f'<table role="presentation" style="width:100%;border-collapse:collapse">{rows}</table>')


def _card(digest: Digest, item: Insight, *, pictures: bool) -> str:
    mark, colour = ("▲", GOOD) if item.rose else ("▼", BAD)
    segment = item.segment()
    who = ""
    if segment is not None:
        told = translate("대상: {who}").format(who=digest.who(segment))
        who = f'<p style="margin:6px 0 0;color:{_SOFT};font-size:13px">{escape(told)}</p>'
    links = " &nbsp; ".join(
        f'<a href="{escape(address, quote=True)}" style="color:{ACCENT};font-weight:600;text-decoration:none">'
        f"{escape(what)}</a>"
        for what, address in digest.links(item)
    )
    evidence = " ".join(part for part in (item.evidence(), item.why()) if part)
    return _block(
        f'<p style="margin:0;font-weight:700"><span style="color:{colour}">{mark}</span> {escape(item.what())}</p>'
        f'<p style="margin:4px 0 0;color:{_SOFT}">{escape(evidence)}</p>'
        + (drawing(item) if pictures else "")
        + f'<p style="margin:8px 0 0">{escape(item.todo())}</p>{who}'
        + (f'<p style="margin:10px 0 0">{links}</p>' if links else "")
    )


def _at_risk(digest: Digest) -> str:
    rows: list[str] = []
    for row in digest.at_risk.to_dict("records"):
        text = escape(digest.risk_line(row["customer"], int(row["total_amount"]), row["reasons"]))
        address = digest.link("customer", who=str(row["person"]))
        if address:
            text = f'<a href="{escape(address, quote=True)}" style="color:{ACCENT};text-decoration:none">{text}</a>'
        rows.append(f'<li style="margin:4px 0">{text}</li>')
    title = escape(translate("많이 샀는데 멀어지는 고객"))
    inside = f'<p style="margin:0;font-weight:700">{title}</p>'
    return _block(inside + f'<ul style="margin:6px 0 0;padding-left:18px">{"".join(rows)}</ul>')


def drawing(item: Insight) -> str:
    """The days before as a line, the expected range of the day as a bar, the day as a dot."""
    series, verdict = item.series, item.verdict
    values: Any = series.counts if series.of is None else series.counts / series.of.clip(min=1)
    numbers = [float(value) for value in values]
    top = max([*numbers, verdict.high, verdict.actual]) or 1.0
    step = (WIDTH - 20) / max(len(numbers) - 1, 1)

    def x(place: int) -> float:
        return round(6 + step * place, 1)

    def y(value: float) -> float:
        return round(HEIGHT - 6 - (HEIGHT - 14) * value / top, 1)

    line = " ".join(f"{x(place)},{y(value)}" for place, value in enumerate(numbers[:-1]))
    last = len(numbers) - 1
    colour = GOOD if item.rose else BAD
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" style="width:100%;height:auto;margin-top:8px" role="img" '
        f'aria-label="{escape(item.evidence(), quote=True)}">'
        f'<polyline points="{line}" fill="none" stroke="{CONTEXT}" stroke-width="1.6"/>'
        f'<line x1="{x(last)}" x2="{x(last)}" y1="{y(verdict.low)}" y2="{y(verdict.high)}" stroke="{ACCENT}" '
        f'stroke-width="8" stroke-opacity="0.25"/>'
        f'<circle cx="{x(last)}" cy="{y(verdict.actual)}" r="5" fill="{colour}"/></svg>'
    )
