"""Making room for a change: what is moved out of a phase goes into the package."""

from __future__ import annotations

from collections.abc import Sequence

from reqtrack.changes import dossier, policy
from reqtrack.changes.actions.packaging import propose
from reqtrack.changes.actions.rights import may_write, require_seen
from reqtrack.changes.models import Change
from reqtrack.changes.package import Edit
from reqtrack.changes.price import Offer
from reqtrack.changes.queries.price import price_tag
from reqtrack.errors import Verdict, no
from reqtrack.permissions import Actor


def swap(
    actor: Actor, change: Change, *, phase: str = "", items: Sequence[str] = (), seen: str | None = None
) -> list[Edit]:
    """Take up the offer of a price tag: each of its items is moved to a later phase, by an edit in the package.

    Args:
        phase: the name of the phase that carries too much; the first one that does when not given.
        items: the keys that were offered, when they were seen.
        seen: the package's fingerprint that was seen.

    Returns:
        The package as it stands.

    Raises:
        Refused: decided, or not theirs; nothing is offered, something else is, or the package was edited since ``seen`` (409).
    """
    found = dossier.load(change)
    may_write(actor, found)
    require_seen(found, seen)
    price, _touched = price_tag(actor, found, ())
    named = phase.strip().casefold()
    offer = next((one for one in price.offers if not named or one.phase.name.casefold() == named), None)
    policy.require(_taken(change.key, offer, items))
    assert offer is not None and offer.into is not None
    into = offer.into.name
    return propose(actor, change, [{"item": key, "field": "phase", "new": into} for key in offer.keys])


def _taken(key: str, offer: Offer | None, items: Sequence[str]) -> Verdict:
    """Whether there is such an offer."""
    if offer is None:
        return no("fits", "%(key)s fits into its phases: nothing has to be moved out.", key=key)
    if not offer.items:
        message = "Moving out all that may be moved would not make room in %(phase)s for %(key)s."
        return no("no_room", message, phase=offer.phase.name, key=key)
    if offer.into is None:
        return no(
            "no_later_phase",
            "No later phase has room for what would be moved out of %(phase)s.",
            phase=offer.phase.name,
        )
    if items and {one.strip().upper() for one in items} != set(offer.keys):
        return no("offer_moved", "What would be moved out is something else by now: look at it again.")
    return Verdict()
