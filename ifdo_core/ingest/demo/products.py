"""The catalogue of the demo shop: products with names, prices, popularity and the planted pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ifdo_core.ingest.demo.parts import Floats, Ints, Texts, parts, stream, texts


@dataclass(frozen=True)
class Catalogue:
    """Products, ordered by category; ``leaf`` and ``top`` number their categories from 0."""

    ids: Texts
    names: Texts
    leaf: Ints
    top: Ints
    price: Ints
    list_price: Ints
    cost: Ints
    stock: Ints
    brand: Texts
    popularity: Floats
    leaf_names: Texts
    leaf_slugs: Texts
    leaf_top: Ints
    top_names: Texts
    partner: Ints  # the product planted to be bought together with this one, else -1
    attach: Floats  # how likely it is taken too

    def __len__(self) -> int:
        return len(self.ids)

    def frame(self, base_url: str) -> pd.DataFrame:
        """The products table."""
        on_sale = self.list_price > self.price
        return pd.DataFrame(
            {
                "product_id": pd.Series(self.ids, dtype="str"),
                "name": pd.Series(self.names, dtype="str"),
                "category": pd.Series(self.leaf_names[self.leaf], dtype="str"),
                "brand": pd.Series(self.brand, dtype="str"),
                "price": self.price,
                "list_price": pd.Series(self.list_price, dtype="Int64").where(on_sale),
                "cost": self.cost,
                "stock": self.stock,
                "image_url": pd.Series([f"{base_url}/images/{key}.jpg" for key in self.ids], dtype="str"),
                "url": pd.Series([f"{base_url}/products/{key}" for key in self.ids], dtype="str"),
            }
        )

    def near_price(self, rng: np.random.Generator, target: Floats) -> Ints:
        """A product for each target price, popular ones rather than others among those within 6 %."""
        order = np.argsort(self.price, kind="stable")
        price = self.price[order].astype(np.float64)
        shares = np.concatenate([[0.0], np.cumsum(self.popularity[order])])
        low = np.searchsorted(price, target * 0.94)
        high = np.searchsorted(price, target * 1.06, side="right")
        nearest = np.abs(price[np.clip(low, 0, len(price) - 1)] - target)
        before = np.clip(low - 1, 0, len(price) - 1)
        nearest_at = np.where(np.abs(price[before] - target) < nearest, before, np.clip(low, 0, len(price) - 1))
        drawn = shares[low] + rng.random(len(target)) * (shares[high] - shares[low])
        inside = np.clip(np.searchsorted(shares, drawn, side="right") - 1, 0, len(price) - 1)
        chosen: Ints = order[np.where(high > low, np.clip(inside, low, np.maximum(high - 1, low)), nearest_at)]
        return chosen

    def by_popularity(self, rng: np.random.Generator, top: Ints) -> Ints:
        """A product for each wished top category (-1: any of the shop), by popularity."""
        shares = np.concatenate([[0.0], np.cumsum(self.popularity)])
        edges = np.searchsorted(self.top, np.arange(len(self.top_names) + 1))
        wish = np.clip(top, 0, None)
        low = np.where(top < 0, 0, edges[wish])
        high = np.where(top < 0, len(self), edges[wish + 1])
        drawn = shares[low] + rng.random(len(top)) * (shares[high] - shares[low])
        return np.clip(np.searchsorted(shares, drawn, side="right") - 1, low, high - 1)


def _won(amount: Floats) -> Ints:
    """Prices as shops set them: 12,900 or 49,000, dearer ones in whole thousands."""
    hundreds = np.round(amount / 1000) * 1000 - 100
    thousands = np.round(amount / 1000) * 1000
    return np.where((amount < 100_000) & (np.round(amount / 1000) % 10 != 0), hundreds, thousands).astype(np.int64)


def _names_of(rng: np.random.Generator, category: dict[str, Any], colours: list[str]) -> list[str]:
    stems = [f"{front} {back}" for front in category["fronts"] for back in category["backs"]]
    behind = category.get("colours", colours) if category["variants"] == "colour" else category["sizes"]
    combos = [f"{stem} ({variant})" for stem in stems for variant in behind]
    # every stem once before any comes in a second variant, so that names differ in more than the colour
    rank = rng.random(len(combos)) + np.repeat(np.zeros(len(stems)), len(behind))
    by_stem = rank.reshape(len(stems), len(behind)).argsort(axis=1).argsort(axis=1).ravel()
    order = np.lexsort([rank, by_stem])
    return [combos[at] for at in order[: category["count"]]]


def make_catalogue(seed: int) -> Catalogue:
    """The catalogue, the same for the same seed whatever the size of the shop."""
    words = parts("catalogue")
    rng = stream(seed, "products")
    names: list[str] = []
    leaf: list[int] = []
    price: list[float] = []
    for number, category in enumerate(words["categories"]):
        chosen = _names_of(rng, category, words["colours"])
        low, high = category["price"]
        names += chosen
        leaf += [number] * len(chosen)
        price += np.exp(np.clip(rng.normal(0.42, 0.27, len(chosen)), 0, 1) * np.log(high / low) + np.log(low)).tolist()
    size = len(names)
    leaf_of = np.array(leaf, dtype=np.int64)
    leaf_names = [category["name"] for category in words["categories"]]
    top_names = list(dict.fromkeys(name.split(" > ")[0] for name in leaf_names))
    leaf_top = np.array([top_names.index(name.split(" > ")[0]) for name in leaf_names], dtype=np.int64)
    asked = _won(np.array(price))
    on_sale = rng.random(size) < 0.32
    before = _won(asked / rng.choice([0.5, 0.6, 0.7, 0.8, 0.85, 0.9], size, p=[0.04, 0.1, 0.26, 0.3, 0.15, 0.15]))
    popularity = 1 / np.arange(6, size + 6) ** 0.8
    rng.shuffle(popularity)
    popularity *= np.where(on_sale, 1.3, 1.0) * (30_000 / asked) ** 0.25
    stock = np.where(rng.random(size) < 0.05, 0, rng.gamma(1.6, 45, size)).astype(np.int64)
    brands = texts(words["brands"])
    partner, attach = _pairs(rng, words, leaf_names, leaf_of, names, popularity)
    return Catalogue(
        ids=texts([f"P{1001 + at}" for at in range(size)]),
        names=texts(names),
        leaf=leaf_of,
        top=leaf_top[leaf_of],
        price=asked,
        list_price=np.where(on_sale, np.maximum(before, asked), asked),
        cost=(np.round(asked * rng.uniform(0.32, 0.58, size) / 100) * 100).astype(np.int64),
        stock=stock,
        brand=brands[(leaf_of * 3 + rng.integers(0, 4, size)) % len(brands)],
        popularity=popularity / popularity.sum(),
        leaf_names=texts(leaf_names),
        leaf_slugs=texts([category["slug"] for category in words["categories"]]),
        leaf_top=leaf_top,
        top_names=texts(top_names),
        partner=partner,
        attach=attach,
    )


def _pairs(
    rng: np.random.Generator,
    words: dict[str, Any],
    leaf_names: list[str],
    leaf: Ints,
    names: list[str],
    popularity: Floats,
) -> tuple[Ints, Floats]:
    """Plant the pairs of the catalogue file, and make their products popular enough to be seen."""
    partner = np.full(len(names), -1, dtype=np.int64)
    attach = np.zeros(len(names))
    popular = float(np.quantile(popularity, 0.985))
    for pair in words["pairs"]:
        fronts, backs = (
            [at for at, name in enumerate(names) if leaf[at] == leaf_names.index(pair[where]) and pair[what] in name]
            for where, what in (("in", "a"), ("b_in", "b"))
        )
        for a, b in zip(rng.permutation(fronts)[:3], rng.permutation(backs)[:3], strict=False):
            partner[a], attach[a] = b, pair["probability"]
            popularity[a] = popular
    return partner, attach
