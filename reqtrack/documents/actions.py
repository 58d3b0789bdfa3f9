"""Asking for a document, and the job that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from flask import current_app, has_request_context
from flask_babel import force_locale, get_translations
from sqlalchemy import select

from reqtrack.accounts.models import Project, User
from reqtrack.accounts.sessions import actor_of
from reqtrack.db import db, reading
from reqtrack.documents import catalogue
from reqtrack.documents.archives import Carried
from reqtrack.documents.contexts.common import Reader
from reqtrack.errors import ReqtrackError, invalid
from reqtrack.exchange import exporting
from reqtrack.files.storage import Storage
from reqtrack.items.queries import kind_for
from reqtrack.jobs import queue
from reqtrack.jobs.models import Job
from reqtrack.permissions import Actor
from reqtrack.rendering.certificate import embed_certificate
from reqtrack.rendering.pdf import PdfCancelled, PdfError, render_pdf
from reqtrack.web.problems import sentence

KIND = "document"
LOCALES = ("en", "zh_Hans_CN")
# Documents with a signature are tagged for screen readers; so are all that are not huge.
TAGGED_REQUIREMENTS = 200


def ask(actor: Actor, project: Project, document: str, subject: str, locale: str) -> Job:
    """Put a document into the queue.

    Args:
        document: a name of ``catalogue.DOCUMENTS``.
        subject: the key that it is about (``BL-1``, ``CR-1``, ``RND-1``, ``SGN-1``); "" for the scope as it stands.
        locale: the document's language.

    Raises:
        Invalid: no such document or language. NotFound: no such subject, or not for the actor.
    """
    if document not in catalogue.DOCUMENTS:
        raise invalid("document", "There is no document %(name)s.", name=document[:40])
    if locale not in LOCALES:
        raise invalid("locale", "A document is made in English (en) or Chinese (zh_Hans_CN).")
    catalogue.DOCUMENTS[document].subject(actor, project, subject)
    return queue.enqueue(actor, project, KIND, {"document": document, "subject": subject, "locale": locale})


def ask_table(actor: Actor, project: Project, plural: str, format: str, about: str = "") -> Job:
    """Put the items of a kind as a table or feature file, or a report or several tables, into the queue.

    Args:
        about: of a workbook, what it is about: which matrix, which two points of the scope.

    Raises:
        NotFound: no such kind, or not for the actor. Refused: 422, the format does not fit it.
    """
    if plural in exporting.REPORTS:
        exporting.check_report(format)
    elif plural in exporting.BOOKS:
        exporting.check_book(actor, project, plural, format, about)
    else:
        exporting.check_format(kind_for(actor, project.id, plural), format)
    return queue.enqueue(actor, project, KIND, {"document": plural, "subject": about, "locale": "", "format": format})


def make(running: queue.Running) -> Mapping[str, Any]:
    """The job: read in the asker's rights, write or (in a child process) print it, keep the file.

    Raises:
        queue.Failed: it cannot be made. queue.Cancelled: it was stopped.
    """
    with reading():
        project = db.session.get_one(Project, running.project_id)
        user = db.session.execute(select(User).where(User.id == running.user_id)).scalar()
        actor = actor_of(user)[0] if user is not None else OPERATOR
        db.session.expunge_all()
    payload, fingerprint = running.payload, ""
    try:
        if "format" in payload:
            name, media_type, data = produce_table(
                actor, project, payload["document"], payload["format"], payload["subject"]
            )
        else:
            about = (payload["document"], payload["subject"], payload["locale"])
            media_type = "application/pdf"
            name, data, fingerprint = _printed(actor, project, *about, progress=running.progress)
    except PdfCancelled:
        raise queue.Cancelled from None
    except ReqtrackError as error:
        raise queue.Failed("; ".join(sentence(reason) for reason in error.reasons)) from None
    except PdfError as error:
        raise queue.Failed(str(error)) from None
    digest = Storage(current_app.config["SETTINGS"].data / "files").put(data)
    told = {"digest": digest, "name": name, "media_type": media_type, "size": len(data)}
    # By it the code on the paper is looked up.
    return {**told, "fingerprint": fingerprint} if fingerprint else told


OPERATOR = Actor(id=0, login="operator", name="reqtrack", kind="operator")


def produce_table(actor: Actor, project: Project, plural: str, format: str, about: str = "") -> tuple[str, str, bytes]:
    """Write the items of a kind, or a report, now, in the actor's language where words are needed: ``(file name, media type, bytes)``."""
    with force_locale(actor.locale or "en"), reading():
        if plural in exporting.REPORTS:
            data = exporting.export_report(actor, project, plural, format)
        elif plural in exporting.BOOKS:
            data = exporting.export_book(actor, project, plural, format, about)
        else:
            data = exporting.export(actor, project, kind_for(actor, project.id, plural), format)
    ending, media_type = exporting.FORMATS[format]
    return f"{project.key}-{plural}.{ending}", media_type, data


def produce(
    actor: Actor, project: Project, document: str, subject: str, locale: str, *, progress: Any = None
) -> tuple[str, bytes]:
    """Make a document now: ``(file name, PDF)``. Reads in a transaction of its own; prints outside of it."""
    name, data, _fingerprint = _printed(actor, project, document, subject, locale, progress=progress)
    return name, data


def _printed(
    actor: Actor, project: Project, document: str, subject: str, locale: str, *, progress: Any = None
) -> tuple[str, bytes, str]:
    """The same with the fingerprint that stands on it; "" for none."""
    chosen = catalogue.DOCUMENTS[document]
    # A worker has no request, and what is printed is made of what pages show, addresses and all.
    with nullcontext() if has_request_context() else current_app.test_request_context(), force_locale(locale):
        with reading():
            reader = Reader(actor, project, locale, current_app.config["SETTINGS"].base_url)
            about = chosen.subject(actor, project, subject)
            context = chosen.build(reader, about)
            carried = chosen.carried(reader, about) if chosen.carried else None
        words = get_translations()
        large = _size(context) > TAGGED_REQUIREMENTS
        tagged = bool(context["signatures"]) and not large
        made = render_pdf(
            chosen.printed_as or document,
            context,
            locale=locale,
            gettext=words.ugettext,
            ngettext=words.ungettext,
            tagged=tagged,
            progress=progress,
            large=large,
        )
    data = _with(made.data, carried)
    return f"{project.key}-{subject or 'scope'}-{document}.pdf", data, str(context["fingerprint"])


def _with(pdf: bytes, carried: Any) -> bytes:
    """The file with what travels in it: a certificate's data, or the archive of a pack."""
    if carried is None:
        return pdf
    return carried.into(pdf) if isinstance(carried, Carried) else embed_certificate(pdf, carried)


def _size(context: Mapping[str, Any]) -> int:
    return sum(len(chapter["requirements"]) for chapter in context.get("chapters", [])) + len(context.get("texts", []))
