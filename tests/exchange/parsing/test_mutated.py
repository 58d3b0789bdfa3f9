"""Files with random damage: read or refused with a sentence, never an exception of another kind."""

import io
import random
import zipfile
from dataclasses import asdict

import pytest

from reqtrack.exchange.parsing import inside
from reqtrack.exchange.parsing.columns import guess_columns
from reqtrack.exchange.parsing.detect import READABLE, detect
from reqtrack.exchange.parsing.drafts import Sheet
from reqtrack.exchange.parsing.reading import read_table
from reqtrack.exchange.parsing.rows import parse_rows
from reqtrack.exchange.parsing.workbook_out import Column, SheetOut, write_xlsx
from reqtrack.files.door import open_upload
from reqtrack.files.limits import DEFAULT
from reqtrack.files.problems import FileProblem

SEEDS = {
    "a.csv": '编号,标题,描述,优先级,人天\nR1,登录,"用手机号，\n不用密码",高,2.5\nR2,"查 ""询""",两秒,中,\n'.encode(),
    "b.csv": "编号;标题;描述\nR1;登录;用手机号\nR2;查询;两秒内\n".encode("gbk"),
    "c.tsv": "编号\t标题\nR1\t登录\n".encode("utf-16"),
    "d.feature": (
        "# language: zh-CN\n@a @b\n功能: 登录\n  背景:\n    假如有账号\n  场景大纲: <x>\n    当登录\n      | a | b |\n"
        '    那么看到\n      """\n      首页\n      """\n    例子:\n      | x |\n      | 1 |\n'
    ).encode(),
    "e.md": "# 访谈\n日期：2026-03-05\n> “八页。”——受访者 3（内勤）\n\n```\ncode\n```\n".encode(),
    "f.feature.md": b"# Feature: F\n\n## Scenario: S\n\n* Given a\n  | a |\n  | - |\n  | b |\n",
}
MARKS = b"\",;\n\r\t|@#\x00:\\'<>&\xff=*`"


def damaged(data, chance):
    data = bytearray(data)
    for _ in range(chance.choice([1, 2, 5])):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0 and at < len(data):
            data[at] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randrange(1, 30)]
        elif kind == 2:
            data[at:at] = bytes(chance.choice(MARKS) for _ in range(chance.randrange(1, 5)))
        else:
            data[at:at] = data[: chance.randrange(len(data) + 1)]
    return bytes(data)


def read_here(data, name):
    """What the child does, without a child: many times in little time."""
    upload = open_upload(data, name)
    kind = detect(upload)
    if kind not in READABLE:
        return
    payload = {"data": data, "name": name, "content": upload.kind, "kind": kind, "limits": asdict(DEFAULT)}
    plain = inside.read({**payload, "has_header": None})
    if kind == "table":
        for sheet in map(Sheet.from_plain, plain):
            for table in ("requirements", "acceptance", "stakeholders"):
                for draft in parse_rows(sheet, guess_columns(sheet.header, sheet.rows, table)):
                    assert [str(problem) for problem in draft.problems] or draft.is_ready


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_texts(name):
    chance = random.Random(name)
    read, refused = 0, 0
    for _ in range(60):
        try:
            read_here(damaged(SEEDS[name], chance), name)
            read += 1
        except FileProblem as problem:
            refused += bool(str(problem))
    assert read + refused == 60


@pytest.mark.full
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_damaged_workbooks(part):
    rows = [[f"REQ-{number}", "登录", "must"] for number in range(20)]
    whole = write_xlsx([SheetOut("需求", [Column("编号"), Column("标题"), Column("优先级", 9, ("must",))], rows)])
    chance = random.Random(part)
    for _ in range(15):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(name, damaged(old.read(name), chance) if name == part else old.read(name))
        try:
            sheets = read_table(open_upload(out.getvalue(), "a.xlsx"))
        except FileProblem as problem:
            sheets = []
            said = str(problem)
        assert sheets or said.startswith("a.xlsx")
