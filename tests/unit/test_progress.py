"""The bar shows itself only when the work takes longer than a second."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from ifdo_core.progress import Bar, quiet, watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def seconds(*readings: float) -> Iterator[float]:
    yield from readings


def make(stream: io.StringIO, *readings: float, quiet: bool = False) -> Bar:
    ticks = seconds(0.0, *readings)
    return Bar(stream, clock=lambda: next(ticks), quiet=quiet)


def test_quick_work_shows_nothing():
    stream = Terminal()
    with make(stream, 0.2, 0.9) as bar:
        bar(0.5, "half")
        bar(1.0, "done")
    assert stream.getvalue() == ""


def test_a_terminal_gets_one_line_that_is_rewritten_and_removed():
    stream = Terminal()
    with make(stream, 1.1, 1.15, 1.3) as bar:
        bar(0.25, "events")
        bar(0.3, "too soon after the last")
        bar(0.5, "visits")
    assert stream.getvalue() == (
        "\r\x1b[K[#######.....................]  25% events\r\x1b[K[##############..............]  50% visits\r\x1b[K"
    )


def test_a_file_gets_a_line_now_and_then():
    stream = io.StringIO()
    with make(stream, 1.5, 3.0, 7.0) as bar:
        for fraction in (0.1, 0.2, 0.3):
            bar(fraction, "events")
    assert stream.getvalue() == " 10% events\n 30% events\n"


def test_less_than_nothing_is_nothing():
    stream = Terminal()
    make(stream, 2.0)(-1.0)
    assert "   0%" in stream.getvalue()


@pytest.mark.parametrize("done", [1.0, 7.0])
def test_when_all_is_done_the_line_goes(done: float):
    stream = Terminal()
    bar = make(stream, 2.0)
    bar(0.9)
    bar(done)
    assert stream.getvalue().endswith("\r\x1b[K")


def test_only_a_notebook_is_watched():
    assert watched() is quiet


def test_quiet_is_quiet():
    stream = Terminal()
    with make(stream, 5.0, quiet=True) as bar:
        bar(0.5, "half")
    assert stream.getvalue() == ""
