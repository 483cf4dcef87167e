"""The catalogue as recommendations need it: which product is what, what is in stock, what is like what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import select

from ifdo_core import tables
from ifdo_core.engines import Engine
from ifdo_core.recommend.baskets import Floats, Sparse, Texts, gone
from ifdo_core.recommend.bonds import scaled

_VARIANT = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


def model_of(name: str) -> str:
    """The name without what stands in parentheses at its end: sizes and colours of one model have it in common."""
    return _VARIANT.sub("", name).strip() or name


@dataclass(frozen=True)
class Shelf:
    """What the catalogue knows of some products, in their order; NaN and '' where it knows nothing. ``listed``: whether
    they are in it at all (all are, where there is no catalogue)."""

    place: Mapping[str, int]
    listed: NDArray[np.bool_]
    stock: Floats
    price: Floats
    margin: Floats
    category: Texts
    model: Texts


@dataclass(frozen=True)
class Goods:
    """``table``: one row a product of the catalogue by id, with name, category, brand, price, cost, stock, image_url,
    url and ``model``; unknown values are missing."""

    table: pd.DataFrame

    def named(self) -> list[tuple[str, str]]:
        """Every product as (id, name), by name."""
        return sorted(
            zip(map(str, self.table.index), map(str, self.table["name"]), strict=True), key=lambda pair: pair[1]
        )

    def categories(self) -> list[str]:
        """Categories and those above them ('뷰티 > 스킨케어' is below '뷰티')."""
        found: set[str] = set()
        for name in self.table["category"].dropna().unique():
            parts = str(name).split(" > ")
            found |= {" > ".join(parts[: at + 1]) for at in range(len(parts))}
        return sorted(found)

    def price_step(self) -> int:
        """A step for a slider of prices: a power of ten, a hundred steps or so."""
        highest = self.table["price"].max()
        return 1 if pd.isna(highest) or highest < 100 else 10 ** (len(str(int(highest))) - 2)

    def dearest(self) -> int:
        """The highest price, rounded up to the step."""
        highest = self.table["price"].max()
        step = self.price_step()
        return step if pd.isna(highest) else max(step, -(-int(highest) // step) * step)

    def name(self, product: str) -> str:
        if product in self.table.index:
            return str(self.table.at[product, "name"])
        return gone(product) if len(self.table) else product

    def money(self, product: str) -> tuple[int, int] | None:
        """Price and cost; None where one of them is unknown."""
        if product not in self.table.index:
            return None
        price, cost = (pd.to_numeric(self.table[name]).get(product) for name in ("price", "cost"))
        return None if pd.isna(price) or pd.isna(cost) else (int(price), int(cost))

    def shelf(self, products: Texts) -> Shelf:
        """Facts of ``products`` side by side, for questions about all of them at once."""
        known = self.table.reindex(products)
        stock, price, cost = (
            pd.to_numeric(known[name]).to_numpy(dtype=float, na_value=np.nan) for name in ("stock", "price", "cost")
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            margin = np.where(price > 0, np.maximum(1 - cost / price, 0.0), 0.0)
        category, model = (
            known[name].astype("object").where(known[name].notna(), "").astype("str").to_numpy(dtype=object)
            for name in ("category", "model")
        )
        listed = products_in(self.table, products)
        place = {str(product): at for at, product in enumerate(products)}
        return Shelf(place, listed, stock, price, np.nan_to_num(margin), category, model)

    def offer_of(self, product: str) -> tuple[int | None, str]:
        """Price and address in the shop; None and '' where unknown."""
        if product not in self.table.index:
            return None, ""
        price: Any = self.table.at[product, "price"]
        url: Any = self.table.at[product, "url"]
        return None if pd.isna(price) else int(price), "" if pd.isna(url) else str(url)

    def model(self, product: str) -> str:
        """See ``model_of``; '' for what is not in the catalogue."""
        return str(self.table.at[product, "model"]) if product in self.table.index else ""

    @cached_property
    def _content(self) -> Sparse:
        """Products × features, rows of length 1: pairs of letters of the name, category (twice), brand."""
        from scipy.sparse import csr_matrix

        rows: list[int] = []
        words: list[str] = []
        for at, row in enumerate(self.table.to_dict("records")):
            name = model_of(str(row["name"])).casefold()
            mine = [f"n {name[i : i + 2]}" for i in range(len(name) - 1)]
            for kind, weight in (("category", 3), ("brand", 1)):
                if not pd.isna(row[kind]):
                    mine += [f"{kind} {row[kind]}"] * weight
            rows += [at] * len(mine)
            words += mine
        place, known = pd.factorize(pd.Series(words, dtype="str"))
        shape = (len(self.table), len(known))
        table: Sparse = csr_matrix(
            (np.ones(len(rows), dtype=np.float32), (np.array(rows, dtype=int), place)), shape=shape
        )
        seen = np.bincount(table.indices, minlength=len(known))
        table.data = table.data * np.log((1 + len(self.table)) / (1 + seen))[table.indices]
        length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
        return scaled(table, 1 / np.maximum(length, 1e-9))

    def alike(self, product: str, most: int = 5, among: frozenset[str] | None = None) -> list[tuple[str, float]]:
        """The products most like it by name, category and brand (id, 0 … 1), out of ``among``."""
        if product not in self.table.index:
            return []
        at = int(self.table.index.get_loc(product))  # type: ignore[arg-type]
        told: Any = (self._content @ self._content[at].T).toarray()
        score: Floats = np.asarray(told, dtype=np.float64).ravel()
        score[at] = -1.0
        order = np.argsort(-score, kind="stable")
        ids = self.table.index.to_numpy()
        found = [(str(ids[place]), float(score[place])) for place in order if score[place] > 0]
        return [pair for pair in found if among is None or pair[0] in among][:most]


def products_in(table: pd.DataFrame, products: Texts) -> NDArray[np.bool_]:
    """Which of ``products`` are rows of the catalogue; all of them where it is empty."""
    if table.empty:
        return np.ones(len(products), dtype=bool)
    return table.index.get_indexer(pd.Index(products, dtype="str")) >= 0


def read_goods(engine: Engine) -> Goods:
    p = tables.products.c
    table = engine.frame(
        select(p.product_id, p.name, p.category, p.brand, p.price, p.cost, p.stock, p.image_url, p.url).order_by(
            p.product_id
        )
    )
    table["model"] = [model_of(str(name)) for name in table["name"]]
    return Goods(table.set_index("product_id"))
