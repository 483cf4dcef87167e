"""What a list was asked for: which rows, which columns, in what order, masked or not; checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from ifdo_core.catalogue.lists import COLUMNS, ListColumn
from ifdo_core.errors import DataError
from ifdo_core.roles import Role, require_personal_data
from ifdo_core.segments.model import Segment

MAX_SEARCH = 200  # characters


@dataclass(frozen=True)
class ListRequest:
    """A list of ``what`` ('visits', 'visitors', 'members') behind ``segment`` (None: all).

    ``window``: '24h', '7d', 'now' (members at now) or None for all visits. ``columns``: () for the usual ones.
    ``sort``: a column; '' for the newest first. Raises DataError, or NotAllowed through ``allow``.
    """

    segment: Segment | None
    what: str = "members"
    window: str | None = "7d"
    columns: tuple[str, ...] = ()
    search: str = ""
    sort: str = ""
    descending: bool = False
    masked: bool = True

    def __post_init__(self) -> None:
        if self.what not in COLUMNS:
            raise DataError(
                "unknown_list", "‘{what}’ 목록은 없어요.", "{known} 가운데 하나를 골라 주세요.",
                what=self.what, known=", ".join(COLUMNS),
            )  # fmt: skip
        if self.window == "now" and self.what != "members":
            raise DataError("window", "now 기간은 members 목록에만 쓸 수 있어요.", "24h나 7d를 골라 주세요.")
        unknown = [name for name in (*self.columns, *filter(None, (self.sort,))) if name not in self.known]
        if unknown:
            raise DataError(
                "unknown_list_column", "‘{columns}’ 열은 이 목록에 없어요.", "쓸 수 있는 열: {known}.",
                columns=", ".join(unknown), known=", ".join(self.known),
            )  # fmt: skip
        if self.masked and self.sort and self.known[self.sort].is_personal:
            raise DataError(
                "sort_masked",
                "가린 열 ‘{column}’(으)로는 정렬할 수 없어요.",
                "순서에서 값을 짐작할 수 있기 때문이에요. 다른 열을 골라 주세요.",
                column=self.known[self.sort].label(),
            )
        if len(self.search) > MAX_SEARCH:
            raise DataError("long_search", "검색어가 너무 길어요.", "{limit}자까지 쓸 수 있어요.", limit=MAX_SEARCH)

    @property
    def known(self) -> dict[str, ListColumn]:
        return {column.name: column for column in COLUMNS[self.what]}

    @property
    def shown(self) -> tuple[ListColumn, ...]:
        """The columns of the list, in the order of the catalogue."""
        every = COLUMNS[self.what]
        if not self.columns:
            return tuple(column for column in every if column.usual)
        return tuple(column for column in every if column.name in self.columns)

    @property
    def shows_personal(self) -> bool:
        """Whether personal data can be read in it."""
        return not self.masked and any(column.is_personal for column in self.shown)

    def allow(self, role: Role) -> None:
        """Raises NotAllowed where ``role`` may not see it so."""
        if not self.masked:
            require_personal_data(role)
