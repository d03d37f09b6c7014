"""What becomes of a wish about a filing: entries, or a refusal. Pure; rights by unit are asked at the edge, 回避 here."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from rules.errors import refusal
from rules.filing import (
    OFFICES,
    WRITABLE,
    Approve,
    Filing,
    GiveReview,
    Publish,
    Refused,
    Review,
    ReviewRule,
    Save,
    SendBack,
    Submit,
    Wish,
    Withdraw,
    on_record,
)
from rules.filing_notices import asked
from rules.items import Item
from rules.lint import Lint
from rules.lint_catalogue import lint_item, refuses
from rules.stream import Entry
from rules.time_limits import due
from rules.world import World

replace, to_builtins = msgspec.structs.replace, msgspec.to_builtins
Granted = tuple[Entry, ...]


def decide(filing: Filing | None, wish: Wish, who: str, at: datetime, world: World, id_: str) -> Granted | Refused:
    """`world` knows the conditions of the entry (they are parsed at the edge)."""
    if isinstance(wish, Save):
        return _save(filing, wish, who, at, world, id_)
    if filing is None:
        return Refused("unknown_filing", f"there is no filing {id_!r}", "id")
    match wish:
        case Submit():
            return _submit(filing, wish, who, at, world)
        case GiveReview():
            return _review(filing, wish, who, at, world)
        case Approve():
            return _approve(filing, wish, who, at, world)
        case SendBack(remarks):
            return _send_back(filing, remarks, who, at)
        case Publish():
            return _publish(filing, wish, who, at, world)
        case Withdraw(reason):
            return _withdraw(filing, reason, who, at)


def found_in(filing: Filing, at: datetime, world: World) -> tuple[Lint, ...]:
    """What lint says of the entry on this day."""
    return lint_item(filing.entry(), world, on=world.calendar(at).local_date(at))


def reviewers(world: World, item: Item) -> tuple[ReviewRule, ...]:
    """The offices that are asked about an entry: legal office, approval centre, and the price bureau where it charges something."""
    own = (
        ReviewRule(office=office, unit=world.leading_group_office or item.unit, only_with_fees=office == "price_bureau")
        for office in OFFICES
    )
    return tuple(rule for rule in world.filing.reviews or tuple(own) if item.fees or not rule.only_with_fees)


def _save(filing: Filing | None, wish: Save, who: str, at: datetime, world: World, id_: str) -> Granted | Refused:
    try:
        item = msgspec.convert(wish.item, Item)
    except msgspec.ValidationError as error:
        wrong = refusal(error, "item")
        return Refused(wrong.code, wrong.message, wrong.field)
    if filing is not None and filing.phase not in WRITABLE:
        return _not_now(filing)
    if filing is not None and (item.code, item.unit) != (filing.code, filing.unit):
        return Refused(
            "another_item", "a filing is about one item of one unit; file the other one by itself", "item.code"
        )
    if _taken(item.code, item.unit, world):
        return _code_taken(item.code)
    now = filing or Filing(id=id_, code=item.code, unit=item.unit, phase="draft", author=who, item={})
    return (
        on_record("filing_saved", replace(now, phase="draft", item=wish.item, note=wish.note, author=who), who, at),
    )


def _submit(filing: Filing, wish: Submit, who: str, at: datetime, world: World) -> Granted | Refused:
    if filing.phase not in WRITABLE:
        return _not_now(filing)
    if errors := [one for one in found_in(filing, at, world) if one.severity == "error"]:
        return Refused(
            "lint_errors", f"{len(errors)} error(s) stand against it, the first at {errors[0].field}", errors[0].field
        )
    reviews = tuple(_asked(rule, at, world) for rule in reviewers(world, filing.entry()))
    submitted = replace(
        filing, phase="reviewing", round=filing.round + 1, reviews=reviews, withholding=wish.withhold, approve_by=None,
        approval_overdue=False, remarks=None, acknowledged=wish.acknowledged,
    )  # fmt: skip
    return (on_record("filing_submitted", submitted, who, at), *asked(submitted, at, world))


def _asked(rule: ReviewRule, at: datetime, world: World) -> Review:
    end = due(rule.limit, at, world.calendar(at), world.profile)
    return Review(office=rule.office, unit=rule.unit, due_on=end.due_on, expires_at=end.expires_at)


def _review(filing: Filing, wish: GiveReview, who: str, at: datetime, world: World) -> Granted | Refused:
    if filing.phase != "reviewing":
        return _not_now(filing)
    place = next((n for n, one in enumerate(filing.reviews) if one.office == wish.office and one.verdict is None), None)
    if place is None:
        return Refused("not_asked", f"the office {wish.office!r} is not asked, or has answered", "office")
    if who == filing.author:
        return _own_matter()
    if wish.verdict == "objected" and not wish.remarks:
        return _no_reason("an objection needs its reason", "remarks")
    said = replace(filing.reviews[place], verdict=wish.verdict, by=who, at=at, remarks=wish.remarks)
    reviewed = replace(filing, reviews=(*filing.reviews[:place], said, *filing.reviews[place + 1 :]))
    entry = on_record("filing_reviewed", _after(reviewed, at, world), who, at)
    if entry.data["status"] != "approving":
        return (entry,)
    return (entry, *asked(_after(reviewed, at, world), at, world))


def _after(filing: Filing, at: datetime, world: World) -> Filing:
    """All agree: the leading-group office approves. One objects: back to the unit, the others need not answer any more."""
    if any(one.verdict == "objected" for one in filing.reviews):
        return replace(filing, phase="returned")
    if any(one.verdict is None for one in filing.reviews):
        return filing
    end = due(world.filing.approval, at, world.calendar(at), world.profile)
    return replace(filing, phase="approving", approve_by=end.expires_at)


def _approve(filing: Filing, wish: Approve, who: str, at: datetime, world: World) -> Granted | Refused:
    if filing.phase != "approving":
        return _not_now(filing)
    if who == filing.author:
        return _own_matter()
    if filing.withholding is not None:
        return _withhold(replace(filing, remarks=wish.remarks), who, at, world)
    return (on_record("filing_approved", replace(filing, phase="approved", remarks=wish.remarks), who, at),)


def _withhold(filing: Filing, who: str, at: datetime, world: World) -> Granted:
    """Filed with basis and reason: it may be exercised from the next day on, though nobody publishes it."""
    tomorrow = world.calendar(at).local_date(at) + timedelta(days=1)
    known = world.versions(filing.code)
    first = max([tomorrow, *(one.effective_from + timedelta(days=1) for one in known)])
    version = max((one.version for one in known), default=0) + 1
    body = filing.item | {
        "version": version,
        "effective_from": first.isoformat(),
        "withheld": to_builtins(filing.withholding),
    }
    return (on_record("filing_withheld", replace(filing, phase="withheld", item=body, version=version), who, at),)


def _send_back(filing: Filing, remarks: str, who: str, at: datetime) -> Granted | Refused:
    if filing.phase not in {"approving", "approved"}:
        return _not_now(filing)
    if not remarks.strip():
        return _no_reason("sending it back needs its reason", "remarks")
    return (on_record("filing_returned", replace(filing, phase="returned", remarks=remarks), who, at),)


def _publish(filing: Filing, wish: Publish, who: str, at: datetime, world: World) -> Granted | Refused:
    """Nothing is published on the day it takes effect: cases accepted that morning would run under other rules at noon."""
    if filing.phase != "approved":
        return _not_now(filing)
    today = world.calendar(at).local_date(at)
    if wish.effective_from <= today:
        first = (today + timedelta(days=1)).isoformat()
        return Refused(
            "effective_too_early", f"an entry takes effect on a later day, {first} at the earliest", "effective_from"
        )
    known = world.versions(filing.code)
    if _taken(filing.code, filing.unit, world):
        return _code_taken(filing.code)
    if any(one.effective_from >= wish.effective_from for one in known):
        return Refused(
            "effective_too_early",
            "a version that takes effect on that day or later is published already",
            "effective_from",
        )
    version = max((one.version for one in known), default=0) + 1
    body = filing.item | {
        "version": version,
        "effective_from": wish.effective_from.isoformat(),
        "published_on": today.isoformat(),
    }
    published = replace(filing, phase="published", item=body, version=version, acknowledged=wish.acknowledged)
    if refuses(found_in(published, at, world)):
        return Refused("lint_errors", "what was approved has errors now; send it back", "item")
    return (on_record("filing_published", published, who, at),)


def _withdraw(filing: Filing, reason: str, who: str, at: datetime) -> Granted | Refused:
    if filing.phase in {"published", "withheld", "withdrawn"}:
        return _not_now(filing)
    if not reason.strip():
        return _no_reason("a withdrawal needs its reason", "reason")
    return (on_record("filing_withdrawn", replace(filing, phase="withdrawn", remarks=reason), who, at),)


def _not_now(filing: Filing) -> Refused:
    return Refused("wrong_phase", f"the filing is {filing.phase}; this is not its time", "phase")


def _taken(code: str, unit: str, world: World) -> bool:
    """Whether the latest version of a code is another unit's: nobody changes what another unit has promised."""
    known = world.versions(code)
    return bool(known) and known[-1].unit != unit


def _code_taken(code: str) -> Refused:
    return Refused("code_taken", f"another unit has an item of the code {code!r}; choose another", "item.code")


def _no_reason(message: str, field: str) -> Refused:
    return Refused("reason_missing", message, field)


def _own_matter() -> Refused:
    return Refused(
        "not_competent", "nobody reviews or approves what he wrote himself; let somebody else do it", "actor"
    )
