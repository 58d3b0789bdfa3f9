"""What is pasted into notes comes out clean: clipboards as Word, WeChat, Excel and mails fill them, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import sign_in
from tests.support.world import World

PASTE = """([html, plain]) => {
    const area = document.querySelector("textarea[name=notes]");
    area.value = ""; area.focus();
    const board = new DataTransfer();
    if (html) board.setData("text/html", html);
    if (plain) board.setData("text/plain", plain);
    const event = new ClipboardEvent("paste", { clipboardData: board, bubbles: true, cancelable: true });
    // A browser pastes the plain text itself where nobody does it for it; a made-up event leaves that to us.
    if (area.dispatchEvent(event)) area.value = plain;
    return area.value;
}"""
WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]-->
<style><!-- p.MsoNormal {mso-style-parent:""; margin:0cm;} --></style></head><body lang=ZH-CN><!--StartFragment-->
<h2>上一套系统<o:p></o:p></h2>
<p class=MsoNormal><b><span style='font-family:宋体;mso-ascii-font-family:Calibri'>张伟：</span></b><span
style='font-family:宋体'>填一个客户要翻八页，<span lang=EN-US><o:p></o:p></span></span></p>
<p class=MsoNormal><span lang=EN-US>The form has <i style='mso-bidi-font-style:normal'>eleven</i>&nbsp;pages.<o:p></o:p></span></p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
<p class=MsoListParagraph style='margin-left:18.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='font-family:Wingdings;mso-list:Ignore'>&#108;<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]><span
style='font-family:宋体'>先记本子上</span></p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1)<span>&nbsp;&nbsp;</span></span><![endif]><span>回头再补</span></p>
<p class=MsoNormal>完。</p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal>字段<o:p></o:p></p></td><td><p class=MsoNormal>谁要<o:p></o:p></p></td></tr>
<tr><td><p class=MsoNormal>开票|税号</p></td><td><p class=MsoNormal>财务</p></td></tr></table>
<!--EndFragment--></body></html>"""
WORD_CLEAN = """## 上一套系统

**张伟：**填一个客户要翻八页，

The form has *eleven* pages.

- 先记本子上
  1. 回头再补

完。

| 字段 | 谁要 |
| --- | --- |
| 开票\\|税号 | 财务 |"""
ARTICLE = """<section style="margin: 0px; padding: 0px; max-width: 100%;" data-role="paragraph"><p style="white-space: normal;"><span
style="font-size: 15px; color: rgb(63, 63, 63);"><strong style="max-width: 100%;">一线怎么说</strong></span></p><section><p><span
style="letter-spacing: 0.5px;">“三级审批，客户早跑了。”<img
class="rich_pages wxw-img" data-src="https://mmbiz.qpic.cn/x" width="600"></span></p></section>
<p style="display: none;"><mpvoice></mpvoice>藏起来的</p><p><img class="icon_emotion_single" data-emoji="[捂脸]" alt="[捂脸]" width="20"
src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">真的。</p></section>"""
CHAT_HTML = """<div><span>王芳 2026/11/20 10:05</span></div><div><span>系统又卡了<img
src="qqface/14.gif" alt="[流泪]" class="emoji"></span></div>
<div><span>林知夏 2026/11/20 10:06</span></div><div><span>哪一步？</span></div>"""
MAIL = """<div dir="ltr">Hi,<br>it is <b style="font-weight:normal">not</b> <b>slow</b>.<div><br></div><ol start="3"><li>Open <a
href="https://crm.example.com/a(1)">the form</a></li><li>Wait<ul><li>a minute</li></ul></li></ol><blockquote>Nobody<br>calls</blockquote>
<script>alert(1)</script><style>p{color:red}</style><p onclick="x()">Bye <s>now</s></p></div>"""
CASES = {
    "word": (WORD, "上一套系统\n张伟：…", WORD_CLEAN),
    "an article of WeChat": (ARTICLE, "一线怎么说", "**一线怎么说**\n\n“三级审批，客户早跑了。”\n\n[捂脸]真的。"),
    "a chat of WeChat": (
        CHAT_HTML, "王芳…", "王芳 2026/11/20 10:05\n系统又卡了[流泪]\n\n林知夏 2026/11/20 10:06\n哪一步？",
    ),
    "a chat as plain text": (
        "", "王芳 10:05\n系统又卡了\n林知夏 10:06\n哪一步？", "王芳 10:05\n系统又卡了\n\n林知夏 10:06\n哪一步？",
    ),
    "a mail": (
        MAIL, "Hi", "Hi,\nit is not **slow**.\n\n3. Open [the form](https://crm.example.com/a%281%29)\n4. Wait\n  - a minute\n\n"
        "> Nobody\n> calls\n\nBye ~~now~~",
    ),
    "cells of a sheet": (
        "<table><tr height=19><td class=xl65>姓名</td><td>电话</td></tr><tr><td>王<br>芳</td><td>138</td></tr></table>",
        "姓名\t电话\n王芳\t138", "| 姓名 | 电话 |\n| --- | --- |\n| 王 芳 | 138 |",
    ),
    # Plain text is nobody's to change, and HTML that says no more than the text is as good as plain.
    "plain text": ("", "  a * b\n\n\n  - c <b>\n\tend", "  a * b\n\n\n  - c <b>\n\tend"),
    "plain text in spans": (
        '<meta charset="utf-8"><span style="color: rgb(0,0,0); font-size: 14px;">a * b_c</span>', "a * b_c", "a * b_c",
    ),
    "lines of Windows": ("", "a\r\nb", "a\nb"),
}  # fmt: skip


def test_what_is_pasted_comes_out_clean(en_desktop: Page, world: World) -> None:
    world.cast()
    world.item("interview", "analyst", title="A day", notes="x")
    sign_in(en_desktop, "analyst")
    en_desktop.goto("/p/CRM/i/INT-1/edit")
    en_desktop.wait_for_load_state("networkidle")
    found = {name: en_desktop.evaluate(PASTE, [html, plain]) for name, (html, plain, _clean) in CASES.items()}
    assert found == {name: clean for name, (_html, _plain, clean) in CASES.items()}
    # A real picture cannot stand in a text: it is said, once for the article, once for a picture alone.
    expect(en_desktop.locator(".rq-toast").filter(has_text="Pictures were left out (1)")).to_have_count(1)


@pytest.mark.parametrize("kind", ["image/png", "audio/webm"])
def test_a_picture_alone_is_said_where_there_is_no_field_for_it(en_desktop: Page, world: World, kind: str) -> None:
    world.cast()
    world.item("interview", "analyst", title="A day", notes="x")
    sign_in(en_desktop, "analyst")
    en_desktop.goto("/p/CRM/i/INT-1/edit")
    en_desktop.wait_for_load_state("networkidle")
    en_desktop.evaluate(
        """(kind) => {
            const board = new DataTransfer();
            board.items.add(new File([new Uint8Array([1])], "p", { type: kind }));
            const area = document.querySelector("textarea[name=notes]");
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: board, bubbles: true, cancelable: true }));
        }""",
        kind,
    )
    expect(en_desktop.locator(".rq-toast")).to_contain_text("A picture cannot stand in this text")
    assert en_desktop.input_value("textarea[name=notes]") == "x"
