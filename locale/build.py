"""Collects the msgids of the code into ``locale/<language>/LC_MESSAGES/ifdo.po`` and compiles it.

``python locale/build.py`` keeps what is translated, adds what is new with an empty translation, drops what is gone,
and writes the ``.mo`` beside. A test fails while a translation is empty or a file is not as this would write it.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en",)
HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
#: In the screens only what stands in ``_()`` is a msgid.
SCREENS = ("app.py", "pages", "ifdo_ui", "ifdo_server")
#: In the core every Korean text is one, save where Korean and English stand side by side or Korean is data.
CORE = "ifdo_core"
SIDE_BY_SIDE = (
    "ifdo_core/catalogue",
    "ifdo_core/docs",
    "ifdo_core/formats.py",
    "ifdo_core/i18n.py",
    "ifdo_core/ingest/demo",
    "ifdo_core/ingest/agents.py",
    "ifdo_core/ingest/kinds.py",
    "ifdo_core/ingest/values.py",
    "ifdo_core/lookups.py",
    "ifdo_core/marts/origins.py",
    "ifdo_core/messages/kakao_words.py",
    "ifdo_core/messages/variables.py",
    "ifdo_core/segments/notebook.py",
    "ifdo_core/segments/understand",
    "ifdo_core/segments/wording.py",
)
#: Korean that is nobody's text: counters, which ``formats.count_text`` words by itself, and a pattern.
NO_TEXT = ("건", "명", "개", "회", "주", "개월", r"\s+|\((krw|원)\)$")
MARKED = ("_", "translate")
Found = tuple[str, int]  # file, line
#: In the headers, so that the same texts give the same bytes.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def files(*places: str) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def messages() -> dict[str, list[Found]]:
    """Msgid → where it stands, in the order of the files."""
    found: dict[str, list[Found]] = {}
    for path in files(*SCREENS, CORE):
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        all_of_it = name.startswith(CORE) and not name.startswith(SIDE_BY_SIDE)
        for text, line in constants(tree) if all_of_it else marked(tree):
            if HANGUL.search(text) and text not in NO_TEXT:
                found.setdefault(text, []).append((name, line))
    return found


def marked(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The texts in ``_()`` and ``translate()``, and the sentences of errors."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = node.args[:1] if called in MARKED else node.args[1:3] if called.endswith("Error") else []
        for part in wanted:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value, part.lineno


def constants(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every text that is not a docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | bare:
            yield node.value, node.lineno


def po_path(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "ifdo.po"


def merged(language: str) -> Catalog:
    """The catalogue as it should be: today's msgids with the translations that are there."""
    path = po_path(language)
    old = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog()
    fresh = Catalog(
        locale=language,
        project="ifdo",
        version="1",
        header_comment="# Written by locale/build.py; the translations are made here.",
        msgid_bugs_address="",
        last_translator="",
        language_team="",
        charset="utf-8",
        fuzzy=False,
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
    )
    for text in messages():
        known = old.get(text)
        fresh.add(text, known.string if known and known.string else "")
    return fresh


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """The bytes of the ``.po`` and of the ``.mo``; the same catalogue gives the same bytes."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, omit_header=False, include_lineno=False, sort_output=True)
    write_mo(mo, catalogue)
    stable = re.sub(rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By): [^\n]*\n', b"", po.getvalue())
    return stable, mo.getvalue()


def main() -> int:
    empty = 0
    for language in LANGUAGES:
        catalogue = merged(language)
        po, mo = written(catalogue)
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po_path(language).write_bytes(po)
        po_path(language).with_suffix(".mo").write_bytes(mo)
        empty += sum(not message.string for message in catalogue if message.id)
    sys.stdout.write(f"{len(messages())} msgids, {empty} without translation\n")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
