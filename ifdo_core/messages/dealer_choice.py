"""Which dealers this installation can send through: the dry run always, others where the environment names them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from ifdo_core.errors import MessageError
from ifdo_core.messages.dealer_file import FILE, FileDealer
from ifdo_core.messages.dealer_http import HttpDealer
from ifdo_core.messages.dealers import Dealer, DryRun
from ifdo_core.messages.plan import DRY_RUN

Env = Mapping[str, str]
Images = Callable[[str], bytes | None]


def _http(env: Env, images: Images) -> Dealer:
    return HttpDealer(env["IFDO_DEALER_URL"], env["IFDO_DEALER_KEY"], env["IFDO_DEALER_SECRET"])


def _bizgo(env: Env, images: Images) -> Dealer:
    from ifdo_core.messages.dealer_bizgo import LIVE, BizgoDealer

    number, url = env.get("IFDO_BIZGO_080", ""), env.get("IFDO_BIZGO_URL", "") or LIVE
    return BizgoDealer(env["IFDO_BIZGO_KEY"], env["IFDO_BIZGO_SENDER_KEY"], images, number, url)


def _solapi(env: Env, images: Images) -> Dealer:
    from ifdo_core.messages.dealer_solapi import LIVE, SolapiDealer

    names = ("IFDO_SOLAPI_KEY", "IFDO_SOLAPI_SECRET", "IFDO_SOLAPI_PF_ID", "IFDO_SOLAPI_CALLER")
    key, secret, pf_id, caller = (env[name] for name in names)
    return SolapiDealer(key, secret, pf_id, caller, images, env.get("IFDO_SOLAPI_URL", "") or LIVE)


#: Name → what the environment must hold, and how the dealer is made of it.
DEALERS: Mapping[str, tuple[tuple[str, ...], Callable[[Env, Images], Dealer]]] = {
    DRY_RUN: ((), lambda _env, _images: DryRun()),
    FILE: ((), lambda _env, _images: FileDealer()),
    "http": (("IFDO_DEALER_URL", "IFDO_DEALER_KEY", "IFDO_DEALER_SECRET"), _http),
    "bizgo": (("IFDO_BIZGO_KEY", "IFDO_BIZGO_SENDER_KEY"), _bizgo),
    "solapi": (("IFDO_SOLAPI_KEY", "IFDO_SOLAPI_SECRET", "IFDO_SOLAPI_PF_ID", "IFDO_SOLAPI_CALLER"), _solapi),
}

#: Name → what it is called on screen; those that need a translation are Korean msgids.
NAMES: Mapping[str, str] = {
    DRY_RUN: "연습 (실제로 보내지 않아요)",
    FILE: "파일 (발송 업체 사이트에 직접 올려요)",
    "http": "HTTP",
    "bizgo": "Bizgo",
    "solapi": "SOLAPI",
}


def available(env: Env | None = None) -> list[str]:
    """Dealers that can be sent through now: the dry run and the file always."""
    given = os.environ if env is None else env
    return [name for name, (needed, _) in DEALERS.items() if all(given.get(one, "").strip() for one in needed)]


def dealer_of(name: str, env: Env | None = None, images: Images = lambda _: None) -> Dealer:
    """The dealer by its name; ``images``: the file behind an 'image:<id>'.

    Raises MessageError for an unknown one, or where its settings are missing.
    """
    given = os.environ if env is None else env
    if name not in DEALERS:
        raise MessageError("unknown_dealer", "모르는 발송 업체예요: {name}.", "쓸 수 있는 업체: {known}.",
                           name=name, known=", ".join(DEALERS))  # fmt: skip
    needed, make = DEALERS[name]
    missing = [one for one in needed if not given.get(one, "").strip()]
    if missing:
        raise MessageError("dealer_not_set", "발송 업체 설정이 없어요: {missing}.", "환경 변수를 설정해 주세요.",
                           missing=", ".join(missing))  # fmt: skip
    return make(given, images)
