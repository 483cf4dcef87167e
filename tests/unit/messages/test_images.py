"""Images: what a slot takes, and what is made of one that it does not take."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from ifdo_core.messages.check import check
from ifdo_core.messages.images import ImageFacts, check_image, fit, read_facts, reduced, shared_ratio, uploaded_facts
from ifdo_core.messages.limits import limits
from tests.unit.messages.samples import IMAGE, SAMPLES


def drawn(width: int, height: int, kind: str = "JPEG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), "teal").save(buffer, kind)
    return buffer.getvalue()


def test_facts() -> None:
    assert read_facts(drawn(800, 400)) == ImageFacts(800, 400, "jpg", len(drawn(800, 400)))
    assert read_facts(b"no image") is None


@pytest.mark.parametrize("slot", limits().slots.values(), ids=lambda slot: slot.id)
@pytest.mark.parametrize(("width", "height"), [(300, 300), (2000, 300), (400, 3000), (800, 400)])
@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("GIF", "P")])
def test_what_is_fitted_fits(slot, width: int, height: int, kind: str, mode: str) -> None:
    made = fit(drawn(width, height, kind, mode), slot)
    assert check_image(read_facts(made), slot) == ()


@pytest.mark.parametrize(("width", "height", "made"), [(1000, 500, (560, 280)), (300, 300, (300, 300))])
@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("GIF", "P")])
def test_a_preview_is_small_and_keeps_its_shape(width, height, made, kind: str, mode: str) -> None:
    facts = read_facts(reduced(drawn(width, height, kind, mode), 560))
    assert facts is not None
    assert (facts.width, facts.height, facts.format) == (*made, "jpg")


def test_what_is_no_image_has_no_preview() -> None:
    with pytest.raises(ValueError, match="not an image"):
        reduced(b"no image", 560)


def test_an_uploaded_image_is_looked_at_once() -> None:
    message = type(SAMPLES["wide"]).from_dict({**SAMPLES["wide"].to_dict(), "image": {"url": "image:a"}})
    kept, seen = {"image:a": drawn(800, 400)}, dict[str, ImageFacts]()
    assert uploaded_facts(message, {}.get, seen) == {"image:a": None}  # one that is gone may come
    first = uploaded_facts(message, kept.get, seen)
    assert first["image:a"] == read_facts(kept["image:a"])
    assert uploaded_facts(message, {}.get, seen) == first


def test_what_keeps_an_image_out() -> None:
    slot = limits().slots["wide_item"]
    found = {one.code for one in check_image(ImageFacts(400, 200, "webp", 6_000_000), slot)}
    assert found == {"image_width", "image_ratio", "image_format", "image_bytes"}
    assert [one.code for one in check_image(None, slot)] == ["image_unreadable"]


def test_a_heavy_image_becomes_light() -> None:
    noise = Image.frombytes("RGB", (1200, 900), random.Random(1).randbytes(1200 * 900 * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "PNG")
    made = fit(buffer.getvalue(), limits().slots["wide"], max_bytes=500_000)
    assert len(made) <= 500_000


def test_no_image_is_no_image() -> None:
    with pytest.raises(ValueError, match="decoded"):
        fit(b"text", limits().slots["image"])


def test_images_of_a_carousel_are_alike() -> None:
    message = SAMPLES["carousel_commerce"]
    other = {**message.to_dict()}
    other["cards"] = [{**other["cards"][0], "image": {"url": "https://img.example.com/b.jpg"}}]
    known = {
        IMAGE["url"]: ImageFacts(800, 600, "jpg", 1),
        "https://img.example.com/b.jpg": ImageFacts(800, 400, "jpg", 1),
    }
    found = check(type(message).from_dict(other), images=known)
    assert [(one.code, one.path) for one in found] == [("image_ratios_differ", "cards[0].image")]


def test_an_uploaded_image_is_looked_at_by_its_own_file() -> None:
    kept = {"image:a": drawn(800, 1000), "image:broken": b"text"}
    wide = SAMPLES["wide"].to_dict()

    def codes(url: str) -> list[str]:
        message = type(SAMPLES["wide"]).from_dict({**wide, "image": {"url": url}})
        return [one.code for one in check(message, images=uploaded_facts(message, kept.get))]

    assert codes("image:a") == ["image_ratio"]
    assert codes("image:broken") == ["image_unreadable"]
    assert codes("image:gone") == ["image_unreadable"]
    assert codes("https://img.example.com/unknown.jpg") == ["image_by_address"]


def test_an_image_of_a_carousel_is_cropped_like_the_others() -> None:
    message = SAMPLES["carousel_commerce"]
    known = {IMAGE["url"]: ImageFacts(800, 400, "jpg", 1)}
    ratio = shared_ratio(message, "cards[0].image", known)
    assert ratio == 0.5
    made = read_facts(fit(drawn(900, 900), limits().slots["carousel"], ratio=ratio))
    assert made is not None
    assert made.ratio == 0.5
    assert shared_ratio(message, "cards[0].image", {}) is None
    assert shared_ratio(SAMPLES["wide"], "image", known) is None


def test_the_part_that_is_to_stay_stays() -> None:
    halves = Image.new("RGB", (800, 1600), "red")
    halves.paste("blue", (0, 800, 800, 1600))
    buffer = io.BytesIO()
    halves.save(buffer, "PNG")

    def colour(keep: float) -> str:
        made = Image.open(io.BytesIO(fit(buffer.getvalue(), limits().slots["wide_item"], keep=keep)))
        red, _, blue = made.convert("RGB").getpixel((400, 400))  # type: ignore[misc]
        return "red" if red > blue else "blue"

    assert (colour(0.0), colour(1.0)) == ("red", "blue")
