"""One of every kind of paper that is made, in both languages, short ones and long ones: for what must hold of all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache

import msgspec

from engine.carriers import printing
from engine.carriers.printing import Printed
from engine.certificates.keys import Signer
from engine.certificates.pdf import render as certificate_page
from engine.certificates.sheet import Standing
from engine.documents.kinds import KINDS
from engine.documents.pdf import render as document_page
from engine.ledger.canonical import canonical
from engine.provisioning.folder import read_folder
from engine.provisioning.record import world_of
from notifications.fields import LOCALES, Locale
from rules.carriers import OF_UNITS
from rules.items import Item
from rules.limit import Limit
from rules.world import World
from tests.support.certificate_made_up import a_certificate
from tests.support.county import FOLDER
from tests.support.papers import a_paper

ON = date(2026, 3, 2)
SITE = "https://gov.example"
UNIT = "planning"
KEY = Signer("k" * 43, b"\1" * 32)
REVIEWED = Standing("under_review", datetime(2026, 11, 2, 3, tzinfo=UTC))


@cache
def county() -> World:
    return world_of(read_folder(FOLDER))


def an_item(code: str = "PL-01") -> Item:
    found = county().item(code, ON)
    assert found is not None
    return found


def a_long_item() -> Item:
    """More of everything than fits on one page, with long words among it."""
    item = an_item()
    materials = tuple(
        f"第{n}项材料：申请人与设计、施工、监理单位签订的合同及其补充协议的原件和复印件，复印件须逐页加盖公章"
        for n in range(1, 31)
    )
    steps = tuple(
        msgspec.structs.replace(one, id=f"{one.id}{n}", name=f"{one.name}（第{n}轮，含现场核查与书面意见的逐条答复）")
        for n in range(1, 6) for one in item.steps
    )  # fmt: skip
    name = "国有建设用地使用权及房屋所有权首次登记与建设工程规划许可证核发（含临时建设工程、变更、延期）联合办理"
    english = "Joint first registration of state-owned land use and house ownership with the planning permit for works"
    code = "11370000004502627L3370117001000"
    return msgspec.structs.replace(item, code=code, name=name, name_en=english, materials=materials, steps=steps)


def carriers(locale: Locale, world: World | None = None) -> Iterator[Printed]:
    """The card and the guide of an item, and what its unit hangs up."""
    yield from (printing.of_item(county(), an_item(), kind, locale, ON, SITE) for kind in printing.OF_ITEMS)
    yield from (printing.of_unit(world or county(), UNIT, kind, locale, ON, SITE) for kind in sorted(OF_UNITS))


def long_carriers(locale: Locale) -> Iterator[Printed]:
    yield from (printing.of_item(county(), a_long_item(), kind, locale, ON, SITE) for kind in printing.OF_ITEMS)
    yield from (printing.of_unit(a_wide_county(), UNIT, kind, locale, ON, SITE) for kind in sorted(OF_UNITS))


def a_wide_county() -> World:
    """One unit with sixty items."""
    made = tuple(
        msgspec.structs.replace(item, code=f"11370000004502627L33701170{n:02d}00{item.code[-1]}{item.code[:2]}", unit=UNIT, committed_limit=Limit("working_days", n % 20 + 1))
        for n in range(15) for item in (an_item(code) for code in ("PL-01", "PL-02", "PL-03", "UR-02"))
    )  # fmt: skip
    return county().but(items=made)


def documents(locale: Locale) -> Iterator[tuple[str, bytes]]:
    for kind in KINDS:
        content = canonical(a_paper(kind))
        yield kind, document_page(content, hashlib.sha256(content).hexdigest(), locale, KEY)
    content = canonical(
        a_paper("decision", case_number="0123456789" * 9, reason="\n".join(["经查，逾期属实。" * 30] * 12))
    )
    yield "decision-long", document_page(content, hashlib.sha256(content).hexdigest(), locale, KEY)


def certificates(locale: Locale) -> Iterator[tuple[str, bytes]]:
    yield "certificate", certificate_page(a_certificate(), locale, Standing("valid", None), KEY)
    yield "certificate-of-office", certificate_page(a_certificate(about="office:fire"), locale, REVIEWED, KEY)
    yield (
        "certificate-applicant",
        certificate_page(a_certificate(applicant="赵𬭎㙓"), locale, Standing("valid", None), KEY),
    )


@cache
def every_paper() -> dict[str, bytes]:
    """File name without ending → PDF."""
    return {f"{name}-{locale}": pdf for locale in LOCALES for name, pdf in _in(locale)}


def _in(locale: Locale) -> Iterator[tuple[str, bytes]]:
    yield from ((printed.kind, printed.pdf) for printed in carriers(locale))
    yield from ((f"{printed.kind}-long", printed.pdf) for printed in long_carriers(locale))
    yield from documents(locale)
    yield from certificates(locale)
