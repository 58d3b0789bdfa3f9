"""Rule 11: every visible string is translatable and translated, into every language of the house.

Walked over the templates and the sources, so that a new string is covered.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from flask_babel import force_locale
from jinja2 import Environment, nodes
from sqlalchemy import select

from reqtrack.audit.models import Event
from reqtrack.db import db, reading
from reqtrack.errors import Reason, Stale
from reqtrack.items import happened
from reqtrack.items.kinds import KINDS
from reqtrack.items.models import Item
from reqtrack.requirements.policy import KINDS_JOINED
from reqtrack.signoff.queries import SEEN as GIVEN_SEEN
from reqtrack.web import problems
from reqtrack.web.problems import sentence
from tests.architecture.prepared import Prepared
from tests.architecture.samples import stops
from tests.support import catalogues, extraction

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").glob("**/*.html"))
SOURCES = sorted((ROOT / "reqtrack").glob("**/*.py"))
# Attributes that people read or hear.
SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-confirm", "label")
# Words that are the same in every language.
SAME = re.compile(
    r"\b(?:reqtrack|CSV|PDF|API|QR|JSON|Excel|Markdown|OpenAPI|SHA-?256|REST|UTC|ID|KB|MB|Esc|Ctrl|Enter|Shift|Tab"
    # Names of headers and files, keys of things, a language by its own name; class names and attributes that blocks and macros give.
    r"|Authorization|Bearer|If-Match|Idempotency-Key|Referer|HX-Request|openapi\.json|[A-Z]{2,4}-\d*|English"
    r"|rq(?:-[\w-]+)?|(?:(?:aria|data|hx)-[\w-]+|method|action)=\"[^\"]*\")(?!\w)"
)
PLACE = "\ue000"  # where a template puts a value


class Words(HTMLParser):
    """The texts and spoken attributes of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._code += tag in ("code", "kbd", "pre", "script", "style")
        self.found += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        self._code = max(0, self._code - (tag in ("code", "kbd", "pre", "script", "style")))

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.found.append(data)


def written_out(template: str) -> Iterator[str]:
    """English that a template says itself, not through gettext."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True).parse(template)
    parser = Words()
    parser.feed("".join(_pieces(tree)))
    parser.close()
    for text in parser.found:
        if re.search(r"[A-Za-z]{2,}", SAME.sub(" ", text.replace(PLACE, " "))):
            yield " ".join(text.replace(PLACE, "…").split())
    translated = {
        one.value for call in tree.find_all(nodes.Call) if _is_gettext(call) for one in call.find_all(nodes.Const)
    }
    yield from (one for one in _constants(tree) if SENTENCE.search(SAME.sub(" ", one)) and one not in translated)


def _is_gettext(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and getattr(node.node, "name", "") in ("_", "gettext", "ngettext", "pgettext")


# A constant that reads as words for people: it begins with a capital, or has words and a full stop.
SENTENCE = re.compile(r"^[A-Z][a-z]+(?: |$|[.:…?])|[a-z]{2,} [a-z]{2,}.*\.$")


def _pieces(node: nodes.Node) -> Iterator[str]:
    """What a template puts out, in order: its own text, and a sign for each value."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for child in node.nodes:
            yield child.data if isinstance(child, nodes.TemplateData) else PLACE
    else:
        for child in node.iter_child_nodes():
            yield from _pieces(child)


def _constants(node: nodes.Node) -> Iterator[str]:
    """Constant texts that do not go through gettext, and are not compared with something."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, nodes.Compare | nodes.Test):
        return
    if _is_gettext(node):
        return
    for child in node.iter_child_nodes():
        yield from _constants(child)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_no_template_speaks_english_past_gettext(path: Path) -> None:
    if path.is_relative_to(ROOT / "templates" / "gallery"):
        pytest.skip("samples for those who build pages")
    assert list(written_out(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("<p>Saved.</p>", ["Saved."]),
        ("<p>{{ _('Saved.') }}</p>", []),
        ("<p>{{ number }} rows</p>", ["… rows"]),
        ("{% if x %}<button title='Close it'></button>{% endif %}", ["Close it"]),
        ("<input placeholder=\"{{ _('Login') }}\">", []),
        ("<p>{{ 'All is well' if x }}</p>", ["All is well"]),
        ("<code>GET /x</code> · {{ key }} → PDF", []),
        ("{% macro m() %}<span aria-label='Menu'></span>{% endmacro %}", ["Menu"]),
        ("{% set tone = 'is-good' %}<i class='{{ tone }}'></i>", []),
        ("{{ button('Save', 'primary') }}", ["Save"]),
        ("{{ button(_('Save'), 'primary') }}", []),
        ("{% set labels = {'open': 'Still open', 'shut': _('Closed')} %}", ["Still open"]),
    ],
)
def test_the_search_of_templates_notices(planted: str, told: list[str]) -> None:
    assert list(written_out(planted)) == told


# -- sentences of the sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ('def f():\n    message = "It is %(x)s."\n    raise Refused((Reason("code", message, {}),))', ["It is %(x)s."]),
        ('WRONG = "Wrong."\ndef f():\n    return no("code", WRONG)', ["Wrong."]),
        ('def f():\n    message = "One."\ndef g():\n    message = "Two."\n    no("code", message)', ["Two."]),
        ('def f(x):\n    message = "Yes." if x else "No."\n    raise invalid("field", message)', ["No.", "Yes."]),
        ('def f(message):\n    no("code", message)', []),
        (
            'def f(at, message):\n    no("code", message)\nf(1, "Handed on.")\nf(1, message="Named.")',
            ["Handed on.", "Named."],
        ),
        (
            'class A:\n    def f(self, message):\n        no("code", message)\n    def g(self):\n        self.f("Its own.")',
            ["Its own."],
        ),
    ],
)
def test_sentences_that_reach_a_refusal_by_a_name_are_collected(planted: str, told: list[str]) -> None:
    assert sorted(text for _line, text in extraction.by_name(planted)) == told


def test_every_sentence_of_a_refusal_is_a_literal_or_a_name(tmp_path: Path) -> None:
    """A sentence that is put together as the program runs cannot be translated."""
    told = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            at = extraction.TEXTS.get(
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            )
            if at is not None and len(node.args) > at and isinstance(node.args[at], ast.JoinedStr | ast.BinOp):
                told.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert told == []


SAY = {"_", "_l", "_ln", "N_", "gettext", "ngettext", "lazy_gettext", "lazy_ngettext"}


def inside_of_f_strings(source: str) -> Iterator[str]:
    """Texts said inside of an f-string, where those who collect texts do not look (before Python 3.12)."""
    for joined in ast.walk(ast.parse(source)):
        if isinstance(joined, ast.JoinedStr):
            for node in ast.walk(joined):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAY:
                    yield ast.unparse(node)


def test_no_text_hides_in_an_f_string() -> None:
    told = {str(path.relative_to(ROOT)): list(inside_of_f_strings(path.read_text("utf-8"))) for path in SOURCES}
    assert {place: found for place, found in told.items() if found} == {}


def test_the_search_of_f_strings_notices() -> None:
    assert list(inside_of_f_strings("mark = f\"{key} {_('decided')}\"")) == ["_('decided')"]
    assert list(inside_of_f_strings("mark = f'{key} {told}'")) == []


@pytest.mark.parametrize("locale", catalogues.LOCALES)
@pytest.mark.full
def test_the_catalogues_are_whole(locale: str) -> None:
    """What `make translations-check` says, said by `make test`, too."""
    assert list(catalogues.complaints(locale)) == []


def test_readers_are_addressed_in_one_way() -> None:
    """您 is for people who were interviewed, in letters to them."""
    said = [str(message.string) for message in catalogues.read(catalogues.catalogue("zh_Hans_CN")) if message.id]
    assert [text for text in said if "您" in text and not text.startswith("您好")] == []


def test_the_check_of_catalogues_notices_a_missing_and_a_broken_text() -> None:
    planted = Catalog(locale="zh_Hans_CN")
    planted.add("It is %(x)s.", "是 %(y)s。", flags=["python-format"])
    planted.add("Never.", "")
    planted.add("Perhaps.", "也许。", flags=["fuzzy"])
    messages = {message.id: message for message in planted if message.id}
    assert [text for text in messages if not catalogues.is_whole(messages[text])] == ["Never.", "Perhaps."]
    assert list(messages["It is %(x)s."].check(planted))


# -- things in a row ---------------------------------------------------------------------------------------------------

# Where a comma stands that is the same in every language: names in a description for programs, words that are typed again.
COMMAS = {"templates/api/docs.html", "templates/components/forms.html"}
ROW = re.compile(r"""join\(["'], ?["']\)|["'], ["'] if not loop\.last""")


def test_templates_part_things_in_a_row_as_the_language_does() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in TEMPLATES if ROW.search(path.read_text("utf-8"))}
    assert found == COMMAS


@pytest.mark.full
def test_no_chinese_page_parts_chinese_words_by_a_latin_comma(sqlite_house: Prepared) -> None:
    made = sqlite_house
    client = made.world.client("polymath", language="zh-CN")
    found = {}
    for stop in stops(made):
        if stop.rule == "/language":  # that is what chooses another
            continue
        answer = client.get(stop.url, buffered=True)
        if answer.status_code == 200 and answer.mimetype == "text/html" and answer.headers.get("Content-Type"):
            wrong = re.findall(r"[\u4e00-\u9fff], [\u4e00-\u9fff]+", re.sub(r"<[^>]*>", "", answer.text))
            if wrong:
                found[stop.url] = wrong[:3]
    assert found == {}


def test_a_reason_that_names_several_things_parts_them_as_the_language_does(sqlite_house: Prepared) -> None:
    reason = Reason("locked", "%(key)s is approved scope: changing its %(fields)s takes a change request.",
                    {"key": "REQ-1", "fields": tuple(KINDS["requirement"].field(one).label for one in ("title", "phase"))})  # fmt: skip
    with sqlite_house.app.test_request_context("/"):
        with force_locale("zh_Hans_CN"):
            assert "标题、阶段" in sentence(reason)
        with force_locale("en"):
            assert "Title, Phase" in sentence(reason) and "Title, Phase" in str(reason)


# -- what happened, and what a field is called ---------------------------------------------------------------------------

# Events whose subject is no item: they stand in the chain alone. Those of a change are told by its own page.
OF_NO_ITEM = (
    "baseline.", "delegate.", "delegation.", "document.", "excerpt.taken", "feedback_link.", "finding.", "flow.prompt_", "import.",
    "invitation.", "member.", "phase.", "project.", "question_set.", "result", "review.", "round.", "signoff.", "stakeholder.",
    "template.", "tiers.", "token.", "user.", "voice_target.", "workflow.", "dictionary.", "data_set.", "gate.", "gates.",
    "waiver.", "signlink.", "paper.", "branch.",
)  # fmt: skip
# Actions that are put together, by their source text, and what they can be.
MADE_UP: dict[str, Callable[[], list[str]]] = {
    "queries.SEEN": lambda: [GIVEN_SEEN],
    "f'{old.kind}.{plan.way}'": lambda: [f"{kind}.{way}" for kind in KINDS_JOINED for way in ("merged", "split")],
    "f'{old.kind}.{way}'": lambda: [f"{kind}.{way}" for kind in KINDS_JOINED for way in ("merged", "split")],
    "f'{old.kind}.restored'": lambda: [f"{kind}.restored" for kind in KINDS_JOINED],
    "f'{item.kind}.reviewed'": lambda: [f"{kind}.reviewed" for kind in KINDS if kind != "change"],
    "f'{kind.name}.created'": lambda: [f"{kind}.created" for kind in KINDS],
    "f'{kind.name}.{action}'": lambda: [f"{kind}.{action}" for kind in KINDS for action in ("edited", "retired")],
    "f'{item.kind}.moved'": lambda: [f"{kind}.moved" for kind in KINDS],
    "f'{kind}.written'": lambda: [f"{kind}.written" for kind in ("comment", "question", "answer")],
    "f'signoff.{given.outcome}'": lambda: ["signoff.signed", "signoff.declined"],
    "REOPENED": lambda: ["project.reopened"],
    # What stands in a variable: of interviews/actions/following.py and guide.py.
    "action": lambda: [
        "excerpt.moved",
        "excerpt.followed",
        "guide.added",
        "guide.carried",
        "guide.covered",
        "guide.uncovered",
    ],
}


def actions_in(source: str) -> Iterator[str]:
    """The actions that a source records."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "recorded" and len(node.args) > 2:
            action = node.args[2]
            if isinstance(action, ast.Constant):
                yield str(action.value)
            else:
                yield from MADE_UP[ast.unparse(action)]()


def all_actions() -> set[str]:
    return {action for path in SOURCES for action in actions_in(path.read_text("utf-8"))}


def test_whatever_happens_to_an_item_has_its_words_in_both_languages(sqlite_house: Prepared) -> None:
    found = all_actions()
    assert len(found) > 60
    chinese = {
        message.id: message.string for message in catalogues.read(catalogues.catalogue("zh_Hans_CN"), "zh_Hans_CN")
    }
    wordless = set()
    for action in found:
        kind, _, verb = action.partition(".")
        what = verb if kind in KINDS else action
        if action.startswith(OF_NO_ITEM) or action in happened.SILENT or kind in ("change", "ask"):
            continue
        if what not in happened.DONE or not chinese.get(happened.DONE[what]._args[0]):
            wordless.add(action)
    assert wordless == set()


def test_what_is_said_to_happen_to_no_item_does_not(sqlite_house: Prepared) -> None:
    with sqlite_house.app.app_context(), reading():
        rows = db.session.execute(select(Event.action, Event.subject).join(Item, Item.key == Event.subject)).all()
    told = {row.action for row in rows}
    assert len(told) > 15 and told <= all_actions()
    assert [action for action in told if action.startswith(OF_NO_ITEM)] == []


def test_whatever_happens_to_a_change_is_told_on_its_page(sqlite_house: Prepared) -> None:
    source = (ROOT / "reqtrack" / "changes" / "pages" / "timeline.py").read_text("utf-8")
    told = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    actions = {action for action in all_actions() if action.startswith(("change.", "ask."))}
    missing = {action for action in actions if action not in told and action.partition(".")[2] not in told}
    assert missing == {"change.retired"}  # a change is withdrawn, never retired


def test_an_event_without_words_is_noticed() -> None:
    """The rule broken on purpose: something happens that nobody has words for."""
    assert list(actions_in('with recorded(actor, 1, "requirement.painted", "REQ-1"): pass')) == ["requirement.painted"]
    assert "painted" not in happened.DONE
    with pytest.raises(KeyError):
        list(actions_in("with recorded(actor, 1, found, key): pass"))


def test_a_conflict_calls_each_field_as_its_form_does(sqlite_house: Prepared) -> None:
    """Of every kind, in both languages: never by the name that programs use."""
    with sqlite_house.app.test_request_context("/"):
        for kind in KINDS.values():
            for field in kind.fields:
                spoken = set()
                for locale in ("en", "zh_Hans_CN"):
                    with force_locale(locale):
                        spoken.add(str(problems.label_of(f"{kind.prefix}-1", field.name)))
                assert len(spoken) == 2 and field.name not in spoken, (kind.name, field.name)
        with force_locale("zh_Hans_CN"):
            shown = problems.refused(Stale("REQ-1", 1, 2, {"statement": "mine"}, {"statement": "theirs"})).get_data(
                as_text=True
            )
            assert f">{KINDS['requirement'].field('statement').label}<" in shown
    assert ">Statement<" not in shown
