"""The gallery and two small pages, served by themselves: what scripts do can be tried without the application behind them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, flash, redirect, render_template, render_template_string, request
from flask_wtf.csrf import CSRFProtect

from reqtrack.web.gallery_data import HITS, SAMPLES
from reqtrack.web.words import initials
from tests.frontend.catalogue import ROOT
from tests.frontend.conftest import frame
from tests.support.servers import listening

POLICY = (
    "default-src 'self'; img-src 'self' blob:; media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
FORM = """{% extends "layouts/app.html" %}{% from "components/forms.html" import form, text, lines, checkbox, error_summary %}
{% from "components/buttons.html" import submit %}{% block title %}A form{% endblock %}{% block content %}
{% call form("/form", seen=2, draft="CRM:new", attrs={"data-draft-keep": ""} if refused else {}) %}{{ text("title", "Title", title) }}
{{ lines("given", "Given") }}{{ checkbox("far", "Far") }}{{ submit("Save") }}{% endcall %}{% endblock %}"""
RUN = """{% extends "layouts/run.html" %}{% from "components/run.html" import run_bar, run_card, run_done %}
{% block title %}Run{% endblock %}{% block content %}{{ run_bar("Round 2", "/gallery", "1 of 3", env="Account tester02") }}
{% for number in (1, 2, 3) %}{% set one = dict(card, acceptance="ACC-%d" % number, title="Scenario %d" % number) -%}
{{ run_card(one, "/results", "何敏") }}{% endfor %}
{{ run_done("Done", "Nothing more.", "/gallery", "Back") }}{% endblock %}"""
PALETTE = '{% from "components/palette.html" import hits %}{{ hits(groups, query) }}'
JOB = '{% from "components/messages.html" import progress %}{{ progress("Checking", done, 3, url, state=state) }}'


@dataclass
class Sent:
    """What the pages sent: form bodies, and results with their keys."""

    forms: list[dict[str, list[str]]] = field(default_factory=list)
    results: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    answer: int = 303
    asked: int = 0
    tokens: list[str] = field(default_factory=list)
    signed_in: bool = True
    lang: str = "en"


def make(sent: Sent) -> Flask:
    """The small app. What it is sent is kept in ``sent``; ``sent.answer`` is the status of the next form."""
    app = Flask("frontend", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="frontend", WTF_CSRF_CHECK_DEFAULT=False)
    CSRFProtect(app)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters["initials"] = initials
    app.jinja_env.filters["day"] = str
    app.jinja_env.filters["keyed"] = lambda text, _project: text
    app.jinja_env.filters["listed"] = ", ".join
    app.jinja_env.globals["text_lang"] = lambda text: "en"

    @app.context_processor
    def context() -> dict[str, Any]:
        given = frame() | {"theme": request.cookies.get("theme", "auto"), "html_lang": sent.lang}
        return given if sent.signed_in else given | {"actor": None}

    @app.after_request
    def policy(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    app.add_url_rule("/gallery", "gallery", lambda: render_template("gallery/index.html", samples=SAMPLES))
    app.add_url_rule("/run", "run", lambda: render_template_string(RUN, card=_blank_card()))
    app.add_url_rule("/palette", "palette", lambda: _palette(request.args["q"]))
    app.add_url_rule("/form", "form", lambda: _form(sent), methods=["GET", "POST"])
    app.add_url_rule("/results", "results", lambda: _result(sent), methods=["POST"])
    app.add_url_rule("/job", "job", lambda: _job(sent))
    app.add_url_rule("/echo", "echo", lambda: _echo(sent), methods=["POST"])
    return app


def _echo(sent: Sent) -> Response:
    """What htmx sent, kept; the answer shows a toast."""
    sent.tokens.append(request.headers.get("X-CSRFToken", ""))
    time.sleep(0.2)
    return Response("<b>Echoed</b>", headers={"HX-Trigger": json.dumps({"toast": {"text": "From the server"}})})


def _blank_card() -> dict[str, Any]:
    return dict(SAMPLES["card"], steps=[dict(step, mark="") for step in SAMPLES["card"]["steps"]])


def _palette(query: str) -> str:
    return render_template_string(PALETTE, groups=HITS if query else [], query=query)


def _form(sent: Sent) -> Any:
    if request.method == "GET":
        return render_template_string(FORM)
    time.sleep(0.2)  # long enough to press twice
    sent.forms.append(request.form.to_dict(flat=False))
    if sent.answer == 303:
        flash("Saved")
        return redirect("/form?saved=1", 303)
    if sent.answer == 422:
        return render_template_string(FORM, title=request.form["title"], refused=True, status=422), 422
    return render_template("errors/problem.html", status=sent.answer, title="No", reasons=["No."]), sent.answer


def _result(sent: Sent) -> Any:
    if sent.answer >= 400:
        return render_template(
            "errors/problem.html", status=sent.answer, title="No", reasons=["The round is closed."]
        ), sent.answer
    sent.results.append((request.headers["Idempotency-Key"], request.form.to_dict(flat=False)))
    return ""


def _job(sent: Sent) -> str:
    sent.asked += 1
    done = sent.asked >= 2
    return render_template_string(JOB, done=sent.asked, url="" if done else "/job", state="done" if done else "running")


@contextmanager
def serve(sent: Sent) -> Iterator[str]:
    """The small app on a free port; answers its address."""
    with listening(make(sent), threads=4) as url:
        yield url
