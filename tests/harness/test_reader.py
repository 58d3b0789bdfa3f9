"""The strict reader finds what is wrong, and says nothing about a sound page."""

import pytest
from flask import Flask

from tests.support import reader

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>T</title></head>
<body><h1>H</h1>{}</body></html>"""
# The same as most pages are built, which are read in two parts.
FRAMED = PAGE.replace(
    "<h1>H</h1>{}", '<nav id="n"><a href="/">a</a></nav><main id="m"><h1>H</h1>{}</main><footer>f</footer>'
)


@pytest.mark.parametrize(
    "body",
    [
        '<p id="a">x</p><dialog id="b"><form method="dialog"><button>x</button></form></dialog>',
        '<form method="post"><input type="hidden" name="csrf_token" value="x"><label for="t">T</label><input id="t"></form>',
        "<table><tbody><tr><td>1</td></tr></tbody></table><pre>{{ code }} %(name)s</pre>",
        '<svg aria-hidden="true"><use href="/static/icons.svg#x"></use></svg><img src="/x.png" alt="">',
    ],
)
def test_a_sound_page_is_left_alone(body):
    assert reader.complaints(PAGE.format(body)) == []
    assert reader.complaints(FRAMED.format(body)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>one<p id=x><span id=x></span>", "the id 'x' is there 2 times"),
        ("<div><p>x</div></p>", "Unexpected"),
        ("<table><tr><div>x</div></tr></table>", "in table"),
        ('<p style="color:red">x</p>', "has style="),
        ('<button onclick="x()">x</button>', "has onclick="),
        ("<script>x()</script>", "is inline"),
        ("<style>p{}</style>", "is inline"),
        ('<a href="javascript:x()">x</a>', "leads to a script"),
        ("<p>%(count)s left</p>", "a placeholder nobody filled in"),
        ('<p title="{{ x }}">y</p>', "a placeholder nobody filled in"),
        ('<img src="/x.png">', "has no alt"),
        ('<label for="gone">x</label>', "which is not there"),
        ('<form method="post" action="/x"><button>x</button></form>', "has no form token"),
        ("<h1>again</h1>", "2 main headings"),
    ],
)
def test_what_is_wrong_is_named(body, said):
    assert reader.complaints(FRAMED.format("")) == []
    for page in (PAGE, FRAMED):
        assert said in "\n".join(reader.complaints(page.format(body)))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("<h1>H</h1>", '<p id="n">x</p><h1>H</h1>', "the id 'n' is there 2 times"),
        ("<h1>H</h1>", "<p>x</p>", "0 main headings"),
        ("<footer>f", "<footer><h1>f</h1>", "2 main headings"),
        ("<h1>H</h1>", "<div><h1>H</h1>", " tag"),
        ("</h1></main>", "</h1></div></main></div>", " tag"),
        ("<footer>f", "<footer><b>f", " tag"),
        ('<html lang="en">', "<html>", "language"),
        ("f</footer>", '<label for="gone">f</label></footer>', "which is not there"),
    ],
)
def test_what_is_wrong_in_frame_and_content_is_named(was, now, said):
    fine = FRAMED.format("")
    assert reader.complaints(fine) == [] and was in fine
    assert said in "\n".join(reader.complaints(fine.replace(was, now)))


def test_a_label_in_the_frame_may_be_for_a_field_of_the_content():
    page = FRAMED.format('<input id="t">').replace("f</footer>", '<label for="t">f</label></footer>')
    assert reader.complaints(page) == []


def test_a_page_needs_a_language_a_title_and_a_heading():
    found = "\n".join(reader.complaints("<!doctype html><html><head></head><body></body></html>"))
    assert "language" in found and "no title" in found and "0 main headings" in found


def test_a_fragment_may_be_rows_of_a_table_and_need_no_title():
    assert reader.complaints('<tr id="r1"><td>x</td></tr><tr id="r2"><td>y</td></tr>') == []
    assert reader.complaints('<p id="a">x</p>') == []
    assert reader.complaints('<p id="a">x</p><p id="a">y</p>') == ["the id 'a' is there 2 times"]


def test_what_differs_in_more_than_words_is_read_again():
    fine = PAGE.format('<p id="a" title="one">x</p><p id="b">y</p>')
    assert reader.complaints(fine) == []
    for was, now in (
        ('id="b"', 'id="a"'),
        (">y<", ">%(name)s<"),
        ('title="one"', 'title="{{ one }}"'),
        ('title="one"', 'title="100%&amp;%(one)s"'),
        (">x<", ">x &amp; %(name)s<"),
        (">x<", ">x</b><"),
    ):
        assert reader.complaints(fine.replace(was, now)), (was, now)


def test_what_an_app_answers_is_read_with_the_request_that_brought_it():
    app = Flask(__name__)
    reader.collect(app)
    app.add_url_rule("/bad", view_func=lambda: PAGE.format("<p><b>x</p>"), endpoint="bad")
    app.add_url_rule("/data", view_func=lambda: {"a": "<p>"}, endpoint="data")
    client = app.test_client()
    client.get("/data")
    assert reader.complaints_of(app) == []
    client.get("/bad?q=1")
    assert reader.complaints_of(app)[0].startswith("GET /bad?q=1 → 200: line 3:")
