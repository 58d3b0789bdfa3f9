"""Features in, out and in again: through a project, in their own language."""

from __future__ import annotations

from typing import Any

import pytest
from gherkin.dialect import DIALECTS
from sqlalchemy import select

from reqtrack.acceptance.models import Acceptance
from reqtrack.db import db
from reqtrack.exchange import actions, drafting, exporting
from reqtrack.items import store
from reqtrack.items.kinds import KINDS
from tests.exchange.parsing.conftest import ROOT
from tests.support.world import World

CHINESE = """# language: zh-CN
@成单
功能: 客户
  一线销售第一次见客户时用。

  背景:
    假如已经登录

  @手机
  场景大纲: 手机号有十种写法
    十种都要认得出。
    当输入"<号码>"
    而且保存
    那么看到"已存在"
    例子:
      | 号码          |
      | 13812345678   |
      | 138 1234 5678 |

  场景: 先看再改
    假如有如下客户
      | 名称 | 地区 |
      | 华东 | 上海 |
    当打开客户
    那么看到"华东"
    当改名为"华南"
    并且保存
    那么看到
      ```
      华南
        已保存
      ```
    但是不再看到"华东"
"""
SHOWN = ("title", "given", "when", "then", "examples", "tags", "description")


def brought_in(world: World, text: str, project: str) -> list[Any]:
    """What a project holds after a feature file came in: contents with their language, by title."""
    draft = drafting.draft_file(text.encode(), "some.feature")
    with world.write(project=project) as scene:
        run = actions.keep(scene.actor, scene.project, draft, "")
        actions.run_import(scene.actor, scene.project, run, ready_only=False)
    with world.read(project=project) as scene:
        wanted = select(Acceptance).where(Acceptance.project_id == scene.project.id).order_by(Acceptance.number)
        kept = [(item, store.content_of(item)) for item in db.session.execute(wanted).scalars()]
        return [({name: content.get(name) for name in SHOWN}, item.language) for item, content in kept]


def exported(world: World, project: str) -> str:
    with world.read(project=project) as scene:
        return exporting.export(scene.actor, scene.project, KINDS["acceptance"], "gherkin").decode()


def test_a_chinese_feature_goes_out_in_chinese(world: World) -> None:
    world.project()
    brought_in(world, CHINESE, "CRM")
    lines = [line.strip() for line in exported(world, "CRM").splitlines() if line.strip()]
    assert lines[0] == "# language: zh-CN"
    assert lines[1] == "功能: CRM 推广"
    english = [
        word for kind, words in DIALECTS["en"].items() if isinstance(words, list) for word in words if word != "* "
    ]
    assert [line for line in lines if line.startswith(tuple(english))] == []
    assert "@ACC-1 @成单 @手机" in lines and "场景大纲: 手机号有十种写法" in lines and '那么看到"华东"' in lines


def files() -> list[Any]:
    """The text above, and real files where they are at hand."""
    real = [
        path for part in ("zh_CN", "fineract_loans") for path in sorted((ROOT / "gherkin" / part).glob("*.feature"))
    ]
    return [pytest.param(CHINESE, id="ours"), *(pytest.param(path.read_text("utf-8"), id=path.name) for path in real)]


@pytest.mark.sqlite
@pytest.mark.parametrize("text", files())
def test_what_went_out_comes_in_the_same(world: World, text: str) -> None:
    """Nothing of it knows of databases."""
    world.project()
    world.project("OPS", "Operations")
    first = brought_in(world, text, "CRM")
    assert first
    assert brought_in(world, exported(world, "CRM"), "OPS") == first


def test_what_was_written_here_goes_out_in_the_language_it_is_written_in(world: World) -> None:
    world.project()
    world.acceptance(title="登录成功", when=["登录"], then=["看到首页"])
    assert exported(world, "CRM").startswith("# language: zh-CN\n")
    world.project("OPS", "Operations")
    world.item("acceptance", project="OPS", title="Signed in", when=["I sign in"], then=["I see my work"])
    assert exported(world, "OPS").startswith("# language: en\n")


def test_each_scenario_keeps_its_meaning_in_a_file_of_another_language(world: World) -> None:
    """A file speaks one language, that of most of its scenarios: a check between two actions stays a check."""
    world.project()
    brought_in(world, CHINESE, "CRM")
    steps = "When I open it\nThen I see it\nWhen I send it\nThen it is sent\n"
    brought_in(world, f"Feature: Quotes\nScenario: Look, then send\n{steps}", "CRM")
    lines = [line.strip() for line in exported(world, "CRM").splitlines()]
    at = lines.index("场景: Look, then send")
    assert lines[at + 1 : at + 5] == ["当I open it", "那么I see it", "当I send it", "那么it is sent"]
