"""The stub of ``segments/notebook.py``: what an editor completes after ``c.``."""

from __future__ import annotations

from keyword import iskeyword

from ifdo_core.catalogue import CATEGORIES, conditions_in
from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.segments.terms import TERM_OF_TYPE

_PYTHON_TYPE = {"days": "int", "hours": "float", "number": "float"}


def notebook_stub() -> str:
    """The text of ``notebook.pyi``."""
    entries = [entry for category in CATEGORIES for entry in conditions_in(category)]
    prefixes = list(dict.fromkeys(entry.category for entry in entries))
    used = sorted({TERM_OF_TYPE[entry.type] for entry in entries})
    blocks = [
        "# Made from the catalogue by `python -m ifdo_core.docs`; edit the entries instead.",
        f"from ifdo_core.segments.terms import {', '.join(used)}",
        "",
    ]
    for entry in entries:
        if entry.params:
            blocks += [*_callable(entry), ""]
    for prefix in prefixes:
        blocks += [f"class {prefix.capitalize()}:"]
        for entry in entries:
            if entry.category == prefix:
                blocks += [f"    {entry.id.split('.')[1]}: {_type(entry)}", f'    """{entry.ko} · {entry.en}"""']
        blocks += [""]
    blocks += ["class Catalogue:", *(f"    {prefix}: {prefix.capitalize()}" for prefix in prefixes), "", "c: Catalogue"]
    return "\n".join(blocks) + "\n"


def _callable(entry: Condition) -> list[str]:
    """A condition with parameters; one that needs them has no operators before it is called."""
    result = TERM_OF_TYPE[entry.type]
    base = "" if any(spec.required for spec in entry.params) else f"({result})"
    given = ", ".join(argument for spec in entry.params for argument in _arguments(spec))
    return [f"class {_class(entry)}{base}:", f"    def __call__(self, *, {given}) -> {result}: ..."]


def _arguments(spec: ParamSpec) -> list[str]:
    """The parameter under each of its names; it is left to the check that one of them is there."""
    kind = _PYTHON_TYPE.get(spec.type, "str")
    optional = " = ..." if spec.aliases or not spec.required else ""
    return [f"{name}: {kind}{optional}" for name in (spec.name, *spec.aliases) if not iskeyword(name)]


def _class(entry: Condition) -> str:
    return "_" + "".join(word.capitalize() for word in entry.id.replace(".", "_").split("_"))


def _type(entry: Condition) -> str:
    return _class(entry) if entry.params else TERM_OF_TYPE[entry.type]
