"""Verbs on the ways by which a person proves to be themselves: authenticator, recovery codes, passkeys, the provider."""

from __future__ import annotations

from reqtrack import clock
from reqtrack.accounts import codes, policy, queries, vault
from reqtrack.accounts.models import Authenticator, Identity, Passkey, RecoveryCode, User
from reqtrack.accounts.passkeys import Registered
from reqtrack.accounts.provider import Told
from reqtrack.audit.record import Entry, recorded
from reqtrack.db import db
from reqtrack.errors import invalid, no
from reqtrack.permissions import Actor


def begin_authenticator(actor: Actor, user: User) -> None:
    """Make the key of a new authenticator. It counts once a first code confirmed it; until then an earlier one goes on.

    Raises:
        Refused: it is not the actor's own account.
    """
    policy.may_add_way(actor, user.id).require()
    with recorded(actor, 0, "user.authenticator_begun", user.login) as entry:
        waiting = queries.waiting_authenticator(user.id)
        if waiting is not None:
            _end(waiting, entry)
        db.session.add(
            Authenticator(user_id=user.id, secret=vault.put_away(codes.new_key()), made_at=entry.at, last_step=0)
        )


def confirm_authenticator(actor: Actor, user: User, code: str) -> list[str]:
    """Confirm a new authenticator by its first code; an earlier one ends. Returns fresh recovery codes, to be shown this once.

    Raises:
        Refused: 409, none waits. Invalid: the code does not fit.
    """
    policy.may_add_way(actor, user.id).require()
    waiting = queries.waiting_authenticator(user.id)
    if waiting is None:
        no("none_waits", "No app waits for its first code. Begin once more.").require(409)
        raise AssertionError("unreachable")
    typed = codes.figures(code)
    step = codes.step_of(vault.taken_out(waiting.secret), typed, clock.now(), 0) if typed else None
    if step is None:
        raise invalid(
            "code", "This code does not fit. Is the clock of the phone right? Type the newest one.", "wrong_code"
        )
    with recorded(actor, 0, "user.authenticator_set", user.login) as entry:
        before = queries.authenticator(user.id)
        if before is not None:
            _end(before, entry)
            db.session.flush()
        waiting.confirmed_at, waiting.last_step = entry.at, step
        return _new_recovery_codes(user, entry)


def renew_recovery_codes(actor: Actor, user: User) -> list[str]:
    """Make fresh recovery codes, to be shown this once; earlier ones are worth nothing.

    Raises:
        Refused: it is not the actor's own account, or (409) there is no authenticator that they could stand in for.
    """
    policy.may_add_way(actor, user.id).require()
    if queries.authenticator(user.id) is None:
        no("no_authenticator", "Recovery codes stand in for an authenticator app; set one up first.").require(409)
    with recorded(actor, 0, "user.recovery_codes_made", user.login) as entry:
        return _new_recovery_codes(user, entry)


def end_authenticator(actor: Actor, user: User) -> None:
    """Take an authenticator away, with its recovery codes: from now on the password alone signs in.

    Raises:
        Refused: it is neither the actor's nor do they run the site.
    """
    policy.may_set_password(actor, user.id).require()
    found = [one for one in (queries.authenticator(user.id), queries.waiting_authenticator(user.id)) if one is not None]
    if not found:
        return
    with recorded(actor, 0, "user.authenticator_ended", user.login) as entry:
        for one in found:
            _end(one, entry)
        for code in queries.recovery_codes(user.id):
            code.used_at = entry.at


def add_passkey(actor: Actor, user: User, made: Registered, name: str) -> Passkey:
    """Keep a passkey whose first answer held.

    Raises:
        Refused: it is not the actor's own account, or (409) the passkey is there already.
    """
    policy.may_add_way(actor, user.id).require()
    if queries.has_passkey(made.credential):
        no("taken", "This passkey is there already.").require(409)
    with recorded(actor, 0, "user.passkey_added", user.login) as entry:
        row = Passkey(
            user_id=user.id, credential=made.credential, public_key=made.public_key, sign_count=made.sign_count,
            name=_passkey_name(name), made_at=entry.at,
        )  # fmt: skip
        db.session.add(row)
        entry.after = {"name": row.name}
    return row


def rename_passkey(actor: Actor, user: User, row: Passkey, name: str) -> None:
    """Call a passkey otherwise."""
    policy.may_add_way(actor, row.user_id).require()
    wanted = _passkey_name(name)
    if wanted == row.name:
        return
    with recorded(actor, 0, "user.passkey_renamed", user.login, before={"name": row.name}) as entry:
        row.name = wanted
        entry.after = {"name": wanted}


def end_passkey(actor: Actor, user: User, row: Passkey) -> None:
    """A passkey is worth nothing from now on.

    Raises:
        Refused: it is neither the actor's nor do they run the site.
    """
    policy.may_set_password(actor, row.user_id).require()
    with recorded(actor, 0, "user.passkey_ended", user.login, before={"name": row.name}) as entry:
        row.ended_at = entry.at


def link_identity(actor: Actor, user: User, told: Told) -> None:
    """Link an account with somebody at the provider: whoever signs in there as them is this person from now on.

    Raises:
        Refused: it is not the actor's own account, or (409) that somebody is linked with another account.
    """
    policy.may_add_way(actor, user.id).require()
    holder = queries.user_at_provider(told.issuer, told.subject)
    if holder is not None and holder.id != user.id:
        no("taken", "Another account here is linked with %(who)s already.", who=told.shown_as).require(409)
    if holder is not None:
        return
    with recorded(actor, 0, "user.identity_linked", user.login) as entry:
        db.session.add(
            Identity(
                user_id=user.id, issuer=told.issuer, subject=told.subject, shown_as=told.shown_as, made_at=entry.at
            )
        )
        entry.after = {"issuer": told.issuer, "subject": told.subject}


def unlink_identity(actor: Actor, user: User, row: Identity) -> None:
    """Whoever signs in at the provider is no longer this person here.

    Raises:
        Refused: it is neither the actor's nor do they run the site.
    """
    policy.may_set_password(actor, row.user_id).require()
    before = {"issuer": row.issuer, "subject": row.subject}
    with recorded(actor, 0, "user.identity_unlinked", user.login, before=before) as entry:
        row.ended_at = entry.at


def _passkey_name(name: str) -> str:
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > 200:
        raise invalid("name", "A passkey has a name of up to 200 characters, such as the device it is on.", "required")
    return wanted


def _end(row: Authenticator, entry: Entry) -> None:
    row.ended_at, row.secret = entry.at, ""


def _new_recovery_codes(user: User, entry: Entry) -> list[str]:
    for old in queries.recovery_codes(user.id):
        old.used_at = entry.at
    fresh = codes.new_recovery_codes()
    for one in fresh:
        digest = codes.recovery_digest(user.id, one)
        db.session.add(RecoveryCode(user_id=user.id, digest=digest, made_at=entry.at))
    return fresh
