"""The spine: items and their versions, links and walks over them, comments, attachments, search, lists.

An area makes a kind of item known with ``kinds.register``; from then on links, history, comments, attachments, search, lists,
import, export, the API and change requests know it.
"""

from __future__ import annotations

from flask import Flask


def init(app: Flask) -> None:
    """Put the shared pages into the app, and the names of fields into what is said of a conflict."""
    from reqtrack.items import pages, present
    from reqtrack.items.kinds import label_of, sample_keys
    from reqtrack.items.views import area
    from reqtrack.web import problems

    problems.label_of = label_of
    # Looked up when it is asked: the area that knows comes later.
    app.jinja_env.filters["sample_keys"] = sample_keys
    app.jinja_env.filters["keyed"] = pages.keyed
    app.jinja_env.globals["stage_called"] = lambda project_id, key: present.stage_called(project_id, key)
    app.register_blueprint(area)
