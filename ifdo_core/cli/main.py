"""The parser, the language, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ifdo_core.cli import commands
from ifdo_core.cli.output import to_json
from ifdo_core.errors import IfdoError
from ifdo_core.i18n import LANGUAGES, translate, using
from ifdo_core.progress import Bar

DONE, NOT_DONE, INTERRUPTED = 0, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0 only when all of it was done, 1 when not, 2 for a command line that is none."""
    words = list(sys.argv[1:] if argv is None else argv)
    with using(_language(words)):
        args = build_parser().parse_args(words)
        return _run(args)


def _language(words: Sequence[str]) -> str:
    """Read before the parser is made, because its help is in that language too."""
    for at, word in enumerate(words):
        if word == "--lang" and at + 1 < len(words):
            return words[at + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return os.environ.get("IFDO_LANG", "ko")


def _run(args: argparse.Namespace) -> int:
    try:
        with Bar(quiet=args.quiet) as bar:
            outcome = args.command(args, bar)
    except IfdoError as error:
        return _refused(args, error.code, error.text())
    except KeyboardInterrupt:
        _refused(args, "interrupted", translate("중단했어요. 이미 저장된 데이터는 그대로예요."))
        return INTERRUPTED
    except OSError as error:
        text = translate("파일을 다룰 수 없어요: {detail}").format(detail=error)
        return _refused(args, "file", text)
    return _shown(to_json(outcome.document) if args.json else outcome.text, DONE if outcome.done else NOT_DONE)


def _shown(text: str, code: int) -> int:
    try:
        print(text, flush=True)
    except BrokenPipeError:  # '| head' has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _refused(args: argparse.Namespace, code: str, text: str) -> int:
    if args.json:
        print(to_json({"error": {"code": code, "text": text}}))
    print(text, file=sys.stderr)
    return NOT_DONE


# --- the parser --------------------------------------------------------------------------------


def build_parser() -> argparse.ArgumentParser:
    """All commands; help in the current language."""
    _ = translate
    parser = argparse.ArgumentParser(
        prog="python -m ifdo_core",
        description=_("온라인 쇼핑몰의 구매·방문 이력으로 고객을 나누고 셉니다."),
    )
    parser.add_argument("--lang", choices=LANGUAGES, help=_("화면 언어"))
    subparsers = parser.add_subparsers(required=True, metavar=_("명령"))

    def command(name: str, run: commands.Command, help: str, *, shop: bool = True) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=help, description=help)
        sub.set_defaults(command=run)
        if shop:
            sub.add_argument(
                "--shop",
                metavar="URL",
                default=os.environ.get("IFDO_URL"),
                help=_("데이터베이스: shop.duckdb 같은 파일이나 URL (없으면 데모 쇼핑몰)"),
            )
        sub.add_argument("--json", action="store_true", help=_("결과를 JSON으로 표준 출력에 써요"))
        sub.add_argument("--quiet", action="store_true", help=_("진행 막대를 보이지 않아요"))
        sub.add_argument("--lang", choices=LANGUAGES, help=_("화면 언어"))
        return sub

    _demo(command("demo", commands.demo, _("데모 쇼핑몰을 만들어요"), shop=False))
    _load(command("load", commands.load, _("파일을 읽어 쇼핑몰 데이터에 더해요")))
    _preview(command("preview", commands.preview, _("세그먼트 파일의 모수를 구해요")))
    _export(command("export", commands.export, _("세그먼트에 맞는 목록을 CSV나 Excel로 내보내요")))
    command("doctor", commands.doctor, _("어떤 데이터가 있고 무엇이 없는지, 그래서 어떤 화면이 비는지 말해요"))
    refresh = command("refresh", commands.refresh, _("고객을 분석해 점수와 등급을 새로 매겨요"))
    refresh.add_argument("--marts", action="store_true", help=_("먼저 방문·고객 표를 처음부터 다시 만들어요"))
    _digest(command("digest", commands.digest, _("아침 요약: 달라진 것과 할 일을 글, HTML, 이메일로 내요")))
    _report(command("report", commands.report, _("리포트 하나를 구해요")))
    _bench(command("bench", commands.bench, _("이 컴퓨터에서 속도 비율을 재요"), shop=False))
    return parser


def _demo(sub: argparse.ArgumentParser) -> None:
    _ = translate
    sub.add_argument("--to", metavar="URL", default="demo.duckdb", help=_("만들 곳: 파일이나 URL (기본 demo.duckdb)"))
    sub.add_argument("--visits", type=_positive, metavar="N", help=_("방문 수 (없으면 기본 크기)"))
    sub.add_argument("--days", type=_positive, metavar="N", default=120, help=_("방문을 모은 날 수 (기본 120)"))
    sub.add_argument("--seed", type=int, metavar="N", default=1, help=_("같은 값이면 같은 쇼핑몰 (기본 1)"))
    sub.add_argument("--today", action="store_true", help=_("데이터가 오늘 끝나게 옮겨요"))


def _load(sub: argparse.ArgumentParser) -> None:
    _ = translate
    for table in commands.TABLES:
        flag = "--" + table.replace("_", "-")
        sub.add_argument(flag, dest=table, nargs="+", metavar="FILE", help=_("{table} 파일들").format(table=table))
    sub.add_argument("files", nargs="*", metavar="FILE", help=_("머리글을 보고 어떤 표인지 가려낼 파일들"))
    sub.add_argument("--mapping", metavar="NAME", help=_("준비된 매핑 이름이나 YAML 파일"))
    sub.add_argument("--rejected", metavar="FILE", help=_("제외된 행을 이 CSV 파일에 써요"))


def _segment_file(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("file", metavar="FILE", help=translate("세그먼트 파일 (JSON이나 YAML, '-'는 표준 입력)"))


def _preview(sub: argparse.ArgumentParser) -> None:
    _segment_file(sub)
    sub.add_argument("--now", metavar="TIME", help=translate("이 시각 기준으로 (쇼핑몰 시간대, 예: 2026-11-24T09:00)"))
    sub.add_argument("--sql", action="store_true", help=translate("실행한 SQL도 보여요"))


def _export(sub: argparse.ArgumentParser) -> None:
    _ = translate
    _segment_file(sub)
    sub.add_argument("--what", choices=commands.LISTS, default="members", help=_("내보낼 목록 (기본 members)"))
    sub.add_argument("--window", choices=commands.WINDOWS, default="7d", help=_("기간 (기본 7d, now는 members만)"))
    sub.add_argument("--out", metavar="FILE", help=_(".csv나 .xlsx 파일 (없으면 CSV로 표준 출력)"))
    sub.add_argument("--columns", metavar="A,B", help=_("내보낼 열의 id, 쉼표로 나눠서 (없으면 보통 쓰는 열)"))
    sub.add_argument("--search", metavar="TEXT", default="", help=_("이 글이 들어 있는 행만"))
    sub.add_argument("--sort", metavar="COLUMN", default="", help=_("이 열로 정렬해요 (없으면 최근 순)"))
    sub.add_argument("--descending", action="store_true", help=_("큰 값부터"))
    sub.add_argument("--headers", choices=("ids", "labels"), default="ids", help=_("머리글과 값: id나 이름 (기본 ids)"))
    sub.add_argument("--unmasked", action="store_true", help=_("개인정보를 가리지 않아요 (IFDO_ROLE이 허락할 때만)"))


def _report(sub: argparse.ArgumentParser) -> None:
    _ = translate
    sub.add_argument("id", metavar="ID", help=_("리포트 id (예: purchase.pareto)"))
    sub.add_argument("--start", metavar="DATE", help=_("이 날부터"))
    sub.add_argument("--end", metavar="DATE", help=_("이 날까지 (없으면 지금)"))


def _digest(sub: argparse.ArgumentParser) -> None:
    _ = translate
    sub.add_argument("--day", metavar="DATE", help=_("이 날의 요약 (없으면 끝난 마지막 날)"))
    sub.add_argument("--out", metavar="FILE", help=_("혼자서도 열리는 HTML 파일로 써요"))
    sub.add_argument("--email", nargs="+", metavar="ADDRESS", help=_("이 주소로 보내요 (데모에서는 보내지 않아요)"))
    sub.add_argument("--dry-run", action="store_true", help=_("보내지 않고 무엇을 보낼지만 말해요"))


def _bench(sub: argparse.ArgumentParser) -> None:
    _ = translate
    sub.add_argument("name", metavar="NAME", help=_("무엇을 잴지 (예: segments)"))
    sub.add_argument("--visits", type=_positive, metavar="N", help=_("방문 수 (없으면 기본 크기)"))
    sub.add_argument("--folder", metavar="DIR", help=_("재는 데 쓸 쇼핑몰을 둘 폴더 (기본 var/bench)"))
    sub.add_argument(
        "--no-browser", dest="browser", action="store_const", const=False, help=_("브라우저는 재지 않아요")
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(translate("1 이상이어야 해요"))
    return number
