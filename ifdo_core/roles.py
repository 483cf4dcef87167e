"""What a person may do. Who has which role is set outside: ``IFDO_ROLE`` for the whole app; a session may do with less.

Personal data (telephone, e-mail, birthday) is masked for everybody until somebody who may see it asks for it.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, fields
from types import MappingProxyType

from ifdo_core.errors import NotAllowed
from ifdo_core.i18n import translate

DEFAULT = "marketer"


@dataclass(frozen=True)
class Role:
    """A role and its rights."""

    id: str
    name: str  # msgid
    may_see_personal_data: bool
    may_export: bool
    may_operate: bool = False  # decides on applications and issues numbers

    def label(self, language: str | None = None) -> str:
        return translate(self.name, language)


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        role.id: role
        for role in (
            Role("viewer", "보기", may_see_personal_data=False, may_export=False),
            Role("analyst", "분석가", may_see_personal_data=False, may_export=True),
            Role("marketer", "마케터", may_see_personal_data=False, may_export=True),
            Role("admin", "관리자", may_see_personal_data=True, may_export=True, may_operate=True),
        )
    }
)


#: The id of the role that this session, thread or task has chosen; '' for the one that was given.
_chosen: ContextVar[str] = ContextVar("ifdo_role", default="")


def current_role() -> Role:
    """The role that was chosen (``choose_role``), else ``given_role``."""
    given = given_role()
    return next((role for role in roles_within(given) if role.id == _chosen.get()), given)


def choose_role(role_id: str) -> None:
    """Acts in another role from here on; one with more rights than ``given_role``, or none such, changes nothing."""
    _chosen.set(role_id)


def roles_within(given: Role) -> tuple[Role, ...]:
    """``given`` and the roles that may do nothing that it may not."""
    rights = [right.name for right in fields(Role) if right.name.startswith("may_")]
    return tuple(
        role
        for role in ROLES.values()
        if role is given or all(getattr(given, right) or not getattr(role, right) for right in rights)
    )


def given_role() -> Role:
    """The role of ``IFDO_ROLE``; ``DEFAULT`` without it. Raises NotAllowed for a role that does not exist."""
    name = os.environ.get("IFDO_ROLE", "").strip().lower() or DEFAULT
    if name not in ROLES:
        raise NotAllowed(
            "unknown_role",
            "‘{role}’ 역할은 없어요.",
            "IFDO_ROLE에 {known} 가운데 하나를 적어 주세요.",
            role=name,
            known=", ".join(ROLES),
        )
    return ROLES[name]


def current_person() -> str:
    """Who acts, for the log: ``IFDO_USER``, else the name of the system's user."""
    try:
        return os.environ.get("IFDO_USER", "").strip() or getpass.getuser()
    except (KeyError, OSError):  # a container may run as a user without a name
        return f"uid {os.getuid()}"


def require_personal_data(role: Role) -> None:
    """Raises NotAllowed where ``role`` may not see personal data."""
    if not role.may_see_personal_data:
        raise NotAllowed(
            "personal_data",
            "‘{role}’ 역할은 개인정보를 볼 수 없어요.",
            "가린 채로 보거나 관리자에게 요청해 주세요.",
            role=role.label(),
        )


def require_export(role: Role) -> None:
    """Raises NotAllowed where ``role`` may not take data out."""
    if not role.may_export:
        raise NotAllowed(
            "export", "‘{role}’ 역할은 목록을 내보낼 수 없어요.", "관리자에게 요청해 주세요.", role=role.label()
        )


def require_operator(role: Role) -> None:
    """Raises NotAllowed where ``role`` may not decide on applications."""
    if not role.may_operate:
        raise NotAllowed(
            "operator", "‘{role}’ 역할은 신청을 심사할 수 없어요.", "관리자에게 요청해 주세요.", role=role.label()
        )
