"""Who may want what with a filing, as an action of the one table of rights and the unit it is asked for."""

from __future__ import annotations

from engine.rights import Action
from rules.filing import Approve, Filing, GiveReview, Publish, Save, SendBack, Wish


def asked_for(wish: Wish, filing: Filing | None) -> tuple[Action, str | None]:
    """Editing is a right in the item's unit, reviewing one in the reviewing unit; approving is the leading-group office's."""
    match wish:
        case Save(item):
            unit = item.get("unit")
            return "catalogue.edit", filing.unit if filing else unit if isinstance(unit, str) else None
        case GiveReview(office):
            reviews = filing.reviews if filing else ()
            return "catalogue.review", next((one.unit for one in reviews if one.office == office), None)
        case Approve() | SendBack() | Publish():
            return "catalogue.approve", filing.unit if filing else None
    return "catalogue.edit", filing.unit if filing else None
