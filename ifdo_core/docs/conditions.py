"""The page of all conditions, ``docs/conditions.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ifdo_core.catalogue import CATEGORIES, CONDITIONS, Category, conditions_in
from ifdo_core.catalogue.entry import Condition, ParamSpec
from ifdo_core.catalogue.operators import OPERATORS, TYPE_OPERATORS
from ifdo_core.segments.edit import default_leaf
from ifdo_core.segments.wording import leaf_text

_HEAD = """# Conditions

<!-- Made from the catalogue by `python -m ifdo_core.docs`; edit the entries, not this page. -->

The workbench has {count} conditions in {categories} categories. A condition, an operator and a value make one line of
a segment; the same ids serve the builder, segment files and notebooks:

```json
{{"condition": "behaviour.page_viewed", "op": "gte", "value": 3, "params": {{"url": "/event/*", "days": 30}}}}
```
```python
c.behaviour.page_viewed(url="/event/*", days=30) >= 3
```

**Kind.** An *attribute* belongs to the visit. A *behaviour* is counted over a period and is 0, never unknown, when
nothing happened. A *standing* is what is true of the person now, for an older visit too. A *live* condition asks what
the visitor does at this moment: it has no past, so a segment with one has no 모수.

**As of.** *visit*: the visit itself. *visit end*: the person's history up to the end of the visit, its own events
included. *now*: the moment the segment is counted for. *live*: this moment on the site.

**Needs.** The kinds of data without which the condition knows nothing. Where no *visit* is named, members can be asked
for on their orders and member rows alone.
"""


def conditions_page() -> str:
    """The text of ``docs/conditions.md``."""
    blocks = [
        _HEAD.format(count=len(CONDITIONS), categories=len(CATEGORIES)),
        _operators(),
        *(_category(category) for category in CATEGORIES.values()),
        _values(),
    ]
    return "\n".join(blocks)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    cells = list(head)
    lines = [_row(cells), _row("---" for _ in cells), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _operators() -> str:
    """Which operators a value type has, and how each one is said."""
    sets: dict[tuple[str, ...], list[str]] = {}
    for type_, operators in TYPE_OPERATORS.items():
        sets.setdefault(operators, []).append(type_)
    types = ((", ".join(types), ", ".join(f"`{op}`" for op in operators)) for operators, types in sets.items())
    words = ((f"`{op.id}`", _said(op.ko), _said(op.en), op.arity) for op in OPERATORS.values())
    intro = "The type of the value decides. An unknown value satisfies nothing but `is_unknown`.\n"
    return "\n".join(
        [
            f"## Operators\n\n{intro}",
            table(("value", "operators"), types),
            table(("operator", "Korean", "English", "takes"), words),
        ]
    )


def _said(template: str) -> str:
    return template.format(value="…", low="…", high="…")


def _category(category: Category) -> str:
    head = ("id", "Korean", "English", "kind", "value", "as of", "needs", "example")
    rows = (_condition(entry) for entry in conditions_in(category.id))
    return f"## {category.ko} · {category.en}\n\n{table(head, rows)}"


def _condition(entry: Condition) -> Iterator[str]:
    leaf = default_leaf(entry.id)
    yield "<br>".join([f"`{entry.id}`", *(_param(spec) for spec in entry.params)])
    yield f"**{entry.ko}**<br>{entry.note_ko}"
    yield f"**{entry.en}**<br>{entry.note_en}"
    yield entry.kind
    yield entry.type + (f" ({entry.unit_ko})" if entry.unit_ko else "")
    yield entry.as_of.replace("_", " ")
    yield ", ".join([*(["visit"] if entry.needs_visit else []), *entry.needs])
    yield f"`{entry.example}`<br>{leaf_text(leaf, 'ko')}<br>{leaf_text(leaf, 'en')}"


def _param(spec: ParamSpec) -> str:
    """'days = 7', 'url (or pattern), required'."""
    name = f"{spec.name} (or {', '.join(spec.aliases)})" if spec.aliases else spec.name
    if spec.default is not None:
        return f"{name} = {spec.default}"
    return f"{name}, {'required' if spec.required else 'optional'}"


def _values() -> str:
    """The values that have a wording, once for all conditions that share them."""
    shared: dict[tuple[tuple[str, tuple[str, str]], ...], list[str]] = {}
    for entry in CONDITIONS.values():
        if entry.values:
            shared.setdefault(tuple(entry.values.items()), []).append(entry.id)
        for spec in entry.params:
            if spec.values:
                shared.setdefault(tuple(spec.values.items()), []).append(f"{entry.id} ({spec.name})")
    rows = (
        (
            "<br>".join(f"`{user}`" for user in users),
            "; ".join(f"`{value}` {ko} · {en}" if ko != en else f"`{value}` {ko}" for value, (ko, en) in values),
        )
        for values, users in shared.items()
    )
    intro = "Values with a wording. A shop's own data may hold others, which can be asked for just the same.\n"
    return f"## Values\n\n{intro}\n{table(('conditions', 'values'), rows)}"
