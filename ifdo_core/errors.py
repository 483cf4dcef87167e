"""Errors that say what happened and what to do, in the user's language.

``code`` is stable and meant for programs; ``str(error)`` is the sentence for people. Facts fill the
placeholders of the sentence and stay available as ``error.facts``.
"""

from __future__ import annotations

from ifdo_core.i18n import translate


class IfdoError(Exception):
    """Anything the workbench refuses or cannot do.

    ``message`` and ``hint`` are Korean msgids with ``{placeholders}``; they are translated when the
    error is shown, so one error can be read in both languages.
    """

    def __init__(self, code: str, message: str, hint: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.hint = hint
        self.facts = facts

    def text(self, language: str | None = None) -> str:
        """The sentence and the hint in ``language`` ('ko' or 'en'; default: the current one)."""
        parts = [translate(part, language).format(**self.facts) for part in (self.message, self.hint) if part]
        return " ".join(parts)

    def __str__(self) -> str:
        return self.text()


class DataError(IfdoError):
    """A file, frame or row that cannot be taken as it is."""


class SegmentError(IfdoError):
    """A segment that is not well formed; ``path`` leads to the place in the tree."""

    def __init__(self, code: str, message: str, hint: str = "", *, path: str = "where", **facts: object) -> None:
        super().__init__(code, message, hint, path=path, **facts)
        self.path = path

    def text(self, language: str | None = None) -> str:
        return f"{self.path}: {super().text(language)}"


class MessageError(IfdoError):
    """A message that cannot be read, or something about messages that cannot be done; ``path`` leads to the field."""

    def __init__(self, code: str, message: str, hint: str = "", *, path: str = "", **facts: object) -> None:
        super().__init__(code, message, hint, path=path, **facts)
        self.path = path

    def text(self, language: str | None = None) -> str:
        words = super().text(language)
        return f"{self.path}: {words}" if self.path else words


class EngineError(IfdoError):
    """The database refused, is locked, or is not reachable."""


class NotAllowed(IfdoError):
    """The role does not allow this."""
