"""``c``: the catalogue's conditions as attributes, for notebooks (terms.py has what can be done with them).

``c.behaviour.page_viewed(url="/event/*", days=30) >= 3`` is the condition 'behaviour.page_viewed'. The
names and signatures that an editor completes are in the stub beside this file, made from the catalogue
by ``python -m ifdo_core.docs``.
"""

from __future__ import annotations

from ifdo_core.catalogue import CATEGORIES, CONDITIONS, find
from ifdo_core.segments.terms import Term, term


class Conditions:
    """The conditions whose ids begin with one word: ``c.traffic``."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def __getattr__(self, name: str) -> Term:
        entry = find(f"{self._prefix}.{name}")
        if entry is None:
            raise AttributeError(f"no condition {self._prefix}.{name}", name=name, obj=self)
        return term(entry)

    def __dir__(self) -> list[str]:
        return [entry.id.split(".")[1] for entry in CONDITIONS.values() if entry.category == self._prefix]


class Catalogue:
    """What every condition id begins with: ``c.acquisition``, ``c.traffic``, ``c.cart`` …"""

    def __getattr__(self, name: str) -> Conditions:
        if name not in dir(self):
            raise AttributeError(f"no conditions begin with {name}", name=name, obj=self)
        return Conditions(name)

    def __dir__(self) -> list[str]:
        return [prefix for category in CATEGORIES.values() for prefix in category.prefixes]


c = Catalogue()
