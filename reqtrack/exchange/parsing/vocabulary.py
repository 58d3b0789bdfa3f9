"""The words by which columns and values are known, in English and Chinese. A word added here is known everywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator


def _words(listed: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in listed.split(","))


# By kind of table and field; words are compared after ``normal``. The first words are the usual ones.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "requirements": {
        "key": _words("reqtrack key"),
        "id": _words(
            "id, uid, key, requirement id, req id, requirement number, req no, no, number, identifier, ref, "
            "reference id, issue key, 编号, 需求编号, 需求id, 序号, 标识, 唯一标识, 编码, 需求编码"
        ),
        "title": _words(
            "title, name, summary, subject, headline, short name, requirement name, requirement title, feature, "
            "story, 标题, 名称, 需求标题, 需求名称, 功能名称, 功能点, 主题, 摘要, 概要, 简述, 需求点, 功能"
        ),
        "statement": _words(
            "statement, description, text, requirement text, requirement description, requirement statement, "
            "details, detail, body, content, shall, specification, 描述, 需求描述, 需求内容, 内容, 详细描述, "
            "需求说明, 功能描述, 陈述, 需求陈述, 具体需求, 需求详情, 详情, 正文, 诉求, 业务需求"
        ),
        "rationale": _words(
            "rationale, reason, why, justification, motivation, purpose, business value, requirement rationale, "
            "benefit, 理由, 原因, 依据, 目的, 背景, 业务价值, 需求背景, 价值, 为什么, 提出原因"
        ),
        "tier": _words(
            "tier, priority, criticality, importance, moscow, must should later, prio, severity, rank, 优先级, "
            "重要性, 重要程度, 优先程度, 优先, 紧急程度, 级别, 需求级别, 必要性, 分层"
        ),
        "phase": _words(
            "phase, release, milestone, iteration, sprint, target release, fix version, planned for, 阶段, 期, "
            "期次, 所属阶段, 实施阶段, 上线阶段, 批次, 里程碑, 迭代, 计划版本, 建设阶段"
        ),
        "owner": _words(
            "owner, assignee, assigned to, responsible, responsible person, in charge, 负责人, 责任人, 经办人, "
            "处理人, 跟进人, 承办人, 需求负责人"
        ),
        "effort_days": _words(
            "effort days, effort, estimate, estimated effort, estimation, person days, man days, days, "
            "effort in days, 工作量, 人天, 人日, 预估工作量, 预计工作量, 工作量估算, 估算人天, 预估人天, 工期"
        ),
        "parent": _words(
            "parent, parent id, parent uid, parent requirement, refines, derived from, parent key, 上级, 父需求, "
            "父级, 上级需求, 上级编号, 父编号, 父需求编号"
        ),
        "source": _words(
            "source, origin, reference, references, requested by, requester, stakeholder, asked by, reporter, "
            "来源, 需求来源, 出处, 提出人, 提出部门, 需求方, 参考, 提出方, 需求提出人, 引用"
        ),
        "kind": _words("requirement kind, requirement type, kind, type, 需求类型, 类型, 需求类别, 性质"),
    },
    "acceptance": {
        "key": _words("reqtrack key"),
        "id": _words(
            "id, uid, key, test case id, test id, case id, case no, no, number, 编号, 用例编号, 用例id, 场景编号, "
            "序号, 测试编号"
        ),
        "title": _words(
            "title, name, scenario, summary, test case, test case name, case name, acceptance scenario, test name, "
            "标题, 名称, 场景, 场景名称, 用例名称, 用例标题, 验收场景, 测试用例, 测试项, 验收项, 检查项, 用例"
        ),
        "given": _words(
            "given, precondition, preconditions, pre condition, prerequisite, prerequisites, setup, 前提, "
            "前置条件, 预置条件, 前提条件, 假如, 准备, 初始条件, 前置"
        ),
        "when": _words(
            "when, action, actions, steps, step, test steps, procedure, test procedure, operation, 操作, 步骤, "
            "操作步骤, 测试步骤, 当, 执行步骤, 验收步骤, 验收方法"
        ),
        "then": _words(
            "then, expected, expected result, expected results, expectation, expected outcome, outcome, "
            "acceptance criteria, 应看到, 预期, 预期结果, 期望结果, 那么, 验收标准, 结果, 通过标准, 预期输出"
        ),
        "accepts": _words(
            "accepts, requirement, requirements, requirement id, requirement ids, covers, verifies, req id, "
            "traces to, 需求, 需求编号, 关联需求, 对应需求, 验收的需求, 所属需求, 相关需求"
        ),
        "tags": _words("tags, tag, labels, label, 标签"),
        "feature": _words("feature, module, suite, component, 功能, 模块, 所属模块, 功能模块, 测试模块"),
        "description": _words("description, note, remarks, 描述, 说明, 用例描述"),
    },
    "stakeholders": {
        "key": _words("reqtrack key"),
        "name": _words(
            "name, full name, person, stakeholder, contact, interviewee, 姓名, 名字, 联系人, 干系人, 人员, 受访者, "
            "访谈对象, 员工姓名, 用户姓名"
        ),
        "department": _words(
            "department, dept, division, unit, business unit, team, organisation, organization, 部门, 所属部门, "
            "科室, 业务部门, 单位, 所在部门, 部门名称, 团队, 组织"
        ),
        "job_role": _words(
            "job role, role, job title, job, position, title, function, 岗位, 职位, 职务, 角色, 工作岗位, 岗位名称, "
            "职责, 工种"
        ),
        "level": _words("level, grade, seniority, tier, rank, 层级, 级别, 职级, 职等, 管理层级, 人员层级"),
        "region": _words(
            "region, area, location, city, office, site, country, province, 地区, 区域, 大区, 城市, 省份, "
            "办公地点, 所在地, 片区, 分公司, 所在城市"
        ),
    },
    # A survey: every other column of free text is a question.
    "interviews": {
        "respondent": _words(
            "respondent id, respondent, response id, participant id, participant, participant no, id, no, number, "
            "受访者, 受访者编号, 答卷编号, 序号, 编号, 答题序号"
        ),
        "held_on": _words(
            "date, held on, interview date, start date, end date, submitted at, timestamp, completed at, 日期, "
            "访谈日期, 提交时间, 提交答卷时间, 答题时间, 填写时间"
        ),
        "question": (),
    },
}
# A lone word for "requirement" names the text where nothing else does, and the title beside a text column.
WEAK: dict[str, dict[str, tuple[str, ...]]] = {
    "requirements": {
        "statement": _words("requirement, requirements, 需求, user story, 用户故事, 要求, 功能需求, 功能要求, 说明"),
        "title": _words("requirement, requirements, 需求, user story, 模块功能, item, 项目, 事项, 条目"),
        "phase": _words("version, 版本"),
        "source": _words("department, 部门, 需求部门"),
    },
    "acceptance": {
        "when": _words("description, 描述"),
        "title": _words("项目, item, 内容"),
    },
    "stakeholders": {
        "name": _words("user, 用户, 人"),
        "department": _words("group, 组"),
    },
}

TIERS: dict[str, tuple[str, ...]] = {
    "must": _words(
        "must, must have, musthave, m, high, highest, critical, very high, blocker, essential, mandatory, "
        "required, shall, p0, p1, h, urgent, 高, 最高, 极高, 很高, 必须, 必须有, 必要, 必需, 必备, 关键, 紧急, "
        "核心, 高优先级, 特急, a"
    ),
    "should": _words(
        "should, should have, s, medium, middle, normal, major, important, moderate, p2, desirable, recommended, "
        "mid, med, 中, 中等, 期望, 期望有, 应该, 应有, 重要, 一般, 普通, 较高, 中优先级, b"
    ),
    "later": _words(
        "later, could, could have, c, low, lowest, minor, trivial, nice to have, optional, p3, p4, p5, may, l, "
        "wish, won't, wont, won't have, would, would have, w, not now, 低, 最低, 较低, 可选, 可以有, 以后, 以后加, "
        "暂缓, 次要, 不急, 低优先级, 锦上添花, 二期, 后续"
    ),
}
# Numbers mean a tier only where the whole column is written so.
TIER_NUMBERS: dict[str, str] = {"1": "must", "2": "should", "3": "later", "4": "later", "5": "later"}
UNTIERED = _words("-, --, n/a, na, none, tbd, todo, ?, 待定, 未定, 无, 未分层, not yet tiered, /") + ("",)

LEVELS: dict[str, tuple[str, ...]] = {
    "frontline": _words(
        "frontline, front line, staff, employee, worker, operator, junior, associate, individual contributor, ic, "
        "user, 一线, 一线员工, 员工, 普通员工, 基层, 基层员工, 操作员, 职员, 专员, 业务员, 用户"
    ),
    "manager": _words(
        "manager, middle management, supervisor, team lead, team leader, lead, head, middle manager, middle, 中层, "
        "经理, 主管, 部门经理, 组长, 班长, 中层管理, 中层干部, 科长, 部长, 管理层, 管理者"
    ),
    "executive": _words(
        "executive, director, c level, vp, vice president, president, ceo, cio, cfo, senior management, "
        "top management, board, 高层, 高管, 总监, 总经理, 副总, 副总经理, 总裁, 董事, 高层管理, 领导, 老板"
    ),
}

_AROUND = " \t\n\r*:：#.。、,，;；-—_"
_BRACKETS = re.compile(r"[(\[【〔<]([^()\[\]【】〔〕<>]*)[)\]】〕>]")


def normal(words: str) -> str:
    """Words as they are compared: width, case and spacing do not count, nor marks around them."""
    folded = unicodedata.normalize("NFKC", words).casefold().replace("_", " ").replace("-", " ").replace("’", "'")
    return " ".join(folded.split()).strip(_AROUND)


def readings(header: str) -> Iterator[str]:
    """The ways to read a header, best first: whole, without its bracket, the bracket alone, before a colon, each part.

    >>> list(readings("Custom field (Requirement ID)"))
    ['custom field (requirement id)', 'custom field', 'requirement id']
    """
    folded = unicodedata.normalize("NFKC", header)
    whole = normal(folded)
    seen = {whole}
    yield whole
    outside = _BRACKETS.sub(" ", folded)
    parts = [outside, *_BRACKETS.findall(folded), re.split(r"[:\n]", outside, maxsplit=1)[0]]
    parts += re.split(r"[/|\n]", outside)
    # "标题 Title": the Chinese and the Latin half each say it.
    parts += [
        " ".join(re.findall(r"[\u4e00-\u9fff]+", outside)),
        " ".join(re.findall(r"[A-Za-z][A-Za-z _-]*", outside)),
    ]
    for part in parts:
        reading = normal(part)
        if reading and reading not in seen:
            seen.add(reading)
            yield reading


def fields_of(kind: str) -> tuple[str, ...]:
    """The names of the fields that a table of this kind may fill."""
    return tuple(COLUMNS[kind])


def known_header(header: str) -> bool:
    """Whether a cell reads like the name of a column, of any kind of table."""
    return any(reading in _ALL_WORDS for reading in readings(header))


def value_of(words: str, table: dict[str, tuple[str, ...]]) -> str | None:
    """The entry of ``TIERS`` or ``LEVELS`` that a cell names, by any of its words, or None."""
    for nth, reading in enumerate(readings(words)):
        for value, known in table.items():
            # A single letter counts only alone: the A of "N/A" is no grade.
            if reading in known and (nth == 0 or len(reading) > 1 or not reading.isascii()):
                return value
    return None


_ALL_WORDS = frozenset(
    word for group in (COLUMNS, WEAK) for fields in group.values() for words in fields.values() for word in words
)
