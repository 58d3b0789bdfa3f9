"""Markdown: safe, whole, on time, also when the parser is killed."""

import os
import signal
import threading
import time

import pytest
from markupsafe import Markup

from reqtrack.rendering import markdown
from reqtrack.rendering.markdown import keys_in, linkify_keys, plain, prerender, to_html
from reqtrack.rendering.markdown_worker import Worker

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    '![x](/a/attachments/1"onerror="alert(1))',
    "<javascript:alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='x' onclick=alert(1)>y</a>",
    "```<script>\nalert(1)\n```",
    "```js onload=alert(1)\nx\n```",
    "`<script>`",
    "[a]: javascript:alert(1)\n\n[a]",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "[x](//evil.example/y)",
    "[x](/\\evil.example)",
    '<form action="/x"><input name=a>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\<script\\>alert(1)\\</script\\>",
    '[x](http://e.example "\'><script>alert(1)</script>")',
]


@pytest.fixture(autouse=True)
def empty_cache():
    markdown._cache.clear()


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_active_comes_out(text):
    html = to_html(text)
    tags = [part.lower() for part in markdown.TAG.split(str(html))[1::2]]
    for tag in tags:
        assert not tag.startswith(("<script", "<style", "<svg", "<iframe", "<form", "<input", "<math", "<object"))
        assert "javascript:" not in tag and "data:" not in tag and "vbscript:" not in tag
        assert " on" not in tag.replace(' rel="noopener', "") and " style" not in tag and " id=" not in tag
        assert 'href="//' not in tag and 'href="/\\' not in tag


def test_what_was_typed_stays_to_be_read():
    assert to_html("<客户名称> 与 a < b") == "<p>&lt;客户名称&gt; 与 a &lt; b</p>"
    assert to_html("<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


def test_chinese_emphasis_lines_and_ranges():
    assert to_html("**注意：**必须") == "<p><strong>注意：</strong>必须</p>"
    assert to_html("第一行\n第二行") == "<p>第一行<br>\n第二行</p>"
    assert to_html("5~10天，3~4人") == "<p>5~10天，3~4人</p>"
    assert to_html("~~旧~~ ==新==") == "<p><del>旧</del> <mark>新</mark></p>"


def test_tables_lists_code_and_headings():
    html = to_html("# 一\n\n|a|b|\n|-|-:|\n|1|2|\n\n- [x] 好\n- [ ] 未\n\n```py\nx<1\n```")
    for piece in ("<h3>一</h3>", '<th align="right">b</th>', "<li>☑ 好</li>", "<li>☐ 未</li>", "<code>x&lt;1\n</code>"):
        assert piece in html


def test_a_fence_without_blank_lines_is_a_block():
    assert to_html("a\n```\nb\n```\nc") == "<p>a</p>\n<pre><code>b\n</code></pre>\n<p>c</p>"


def test_only_our_own_pictures_are_shown():
    assert 'src="/p/CRM/attachments/7"' in to_html("![图](/p/CRM/attachments/7)")
    html = to_html("![图](https://evil.example/pixel.png)")
    assert "<img" not in html and 'href="https://evil.example/pixel.png"' in html


def test_a_bare_address_is_a_link_up_to_the_chinese_stop():
    assert ">https://a.example/x</a>。" in to_html("见https://a.example/x。")
    assert "(<a " in to_html("(https://a.example/x)") and ">https://a.example/x</a>)" in to_html(
        "(https://a.example/x)"
    )


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "[" * 250, "![a" * 8_000, "- " * 400 + "x", "> " * 500 + "x", "[x](" * 20_000]
)
def test_what_would_hang_the_parser_comes_back_in_time(text):
    to_html("warm")
    start = time.perf_counter()
    html = to_html(text)
    assert time.perf_counter() - start < 2
    assert "[" in html or "x" in html


def test_beyond_the_caps_it_is_shown_as_typed():
    assert to_html("[" * 20_000) == Markup('<pre class="plain">') + "[" * 20_000 + Markup("</pre>")
    assert to_html("&" * 100_001).startswith('<pre class="plain">&amp;&amp;')
    assert to_html("a\x00 \ud800") == Markup('<pre class="plain">') + "a\x00 \ud800" + Markup("</pre>")


def test_empty_is_empty():
    assert to_html("") == to_html(None) == to_html(" \n") == Markup("")


def test_a_slow_text_is_killed_and_the_next_is_rendered():
    worker = Worker()
    try:
        assert worker.convert("# warm", 5) is not None
        first = worker.pid
        assert worker.convert("a *b* `c` [d](e)\n\n" * 4_000, 0.02) is None
        assert worker.pid != first
        assert worker.convert("*up*", 5) == "<p><em>up</em></p>"
    finally:
        worker.close()


def test_a_killed_idle_worker_is_replaced_unseen():
    worker = Worker()
    try:
        assert worker.convert("*a*", 5) == "<p><em>a</em></p>"
        os.kill(worker.pid, signal.SIGKILL)
        time.sleep(0.1)
        assert worker.convert("*b*", 5) == "<p><em>b</em></p>"
    finally:
        worker.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_starts_its_own_worker():
    parent = to_html("*parent*") and markdown._worker.pid
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        html = to_html("*child*")
        os.write(write, f"{html}|{markdown._worker.pid}".encode())
        markdown._worker.close()
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        html, pid = pipe.read().split("|")
    os.waitpid(child, 0)
    assert html == "<p><em>child</em></p>" and int(pid) != parent
    assert to_html("*still*") == "<p><em>still</em></p>" and markdown._worker.pid == parent


def test_many_threads_share_one_worker():
    got = {}
    threads = [threading.Thread(target=lambda n=n: got.update({n: to_html(f"*{n}*")})) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {n: f"<p><em>{n}</em></p>" for n in range(24)}


def test_prerendered_texts_need_no_parser():
    prerender(["*a*", None, "*b*"])
    markdown._worker.close()
    assert to_html("*a*") == "<p><em>a</em></p>" and to_html("*b*") == "<p><em>b</em></p>"
    assert markdown._worker.pid is None


def test_the_cache_is_bounded(monkeypatch):
    monkeypatch.setattr(markdown, "CACHE_ENTRIES", 3)
    for n in range(6):
        markdown._cache.put(b"%d" % n, Markup("x"))
    assert markdown._cache.get(b"2") is None and markdown._cache.get(b"5") == "x"


def test_the_child_sees_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hidden-value")
    worker = Worker()
    try:
        worker.convert("x", 5)
        with open(f"/proc/{worker.pid}/environ", "rb") as environ:
            assert b"hidden-value" not in environ.read()
    finally:
        worker.close()


def test_keys_become_links_outside_of_links_and_code():
    html = linkify_keys(
        to_html("见REQ-12和 `REQ-1`，[看 REQ-2](https://e.example/REQ-2)，REQ-9"), {"REQ-12": "/i/REQ-12"}.get
    )
    assert '见<a class="rq-key" data-key="REQ-12" href="/i/REQ-12">REQ-12</a>和' in html
    assert html.count("rq-key") == 1 and "REQ-9" in html and "<code>REQ-1</code>" in html


def test_linkify_escapes_what_is_not_markup_and_what_resolve_gives():
    assert linkify_keys("<b> REQ-1", {"REQ-1": '/"><script>'}.get) == (
        '&lt;b&gt; <a class="rq-key" data-key="REQ-1" href="/&#34;&gt;&lt;script&gt;">REQ-1</a>'
    )


def test_a_key_inside_an_attribute_is_left_alone():
    html = to_html('[x](https://e.example/?q=1 "a > REQ-1 b")')
    assert linkify_keys(html, lambda key: "/" + key) == html


def test_keys_are_found_once_in_order():
    assert keys_in("REQ-2, SCN-1；REQ-2与REQ-3，但UTF-8x、A-0、x-REQ-4 不是") == ["REQ-2", "SCN-1", "REQ-3"]


def test_plain_has_the_words_without_the_signs():
    text = "# 标题\n\n- **要点** [链接](https://e.example) `code`\n> snake_case 5*3\n\n|a|b|\n|-|-|\n|1|2|\n```py\nx = 1\n```\n1. 一"
    assert plain(text) == "标题 要点 链接 code snake_case 5*3 a b 1 2 x = 1 一"
    assert plain(None) == ""


def test_plain_takes_linear_time():
    start = time.perf_counter()
    for text in (
        "[" * 50_000,
        "![a](" * 20_000,
        "**a" * 30_000,
        "| - " * 30_000,
        "> " * 50_000,
        "_" * 99_999,
        " " * 99_999,
    ):
        plain(text)
    assert time.perf_counter() - start < 2
