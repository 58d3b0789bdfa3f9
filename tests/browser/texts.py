"""What people write in the journey, in each language."""

from __future__ import annotations

from dataclasses import dataclass

ROWS_PASTED = 58


@dataclass(frozen=True)
class Story:
    """One language's words. ``chrome``: a word of the frame that every page of a project shows."""

    language: str
    chrome: str
    project: str
    department: str
    job_role: str
    people: dict[str, str]
    interview: str
    notes: str
    quotes: tuple[str, str, str]
    scenario: tuple[str, str, list[str], str]
    requirements: tuple[tuple[str, str], tuple[str, str]]
    acceptance: str
    given: str
    does: str
    sees: str
    cells: str
    baseline: str
    changes: tuple[tuple[str, str, str], tuple[str, str, str]]
    environment: str
    seen: str
    header: tuple[str, str, str, str]
    tiers: tuple[str, str]
    row: str
    statement: str
    # Two characters that the pasted rows hold, and two that the interview's notes alone hold.
    search: str
    search_notes: str

    def sheet(self, rows: int, empty: tuple[int, ...] = ()) -> str:
        """Cells as Excel puts them on the clipboard; those rows have no title and no text. The last column is known to nobody."""
        lines = ["\t".join(self.header)]
        for at in range(1, rows + 1):
            if at in empty:
                lines.append("\t\t\tX")
            else:
                told = (f"{self.row} {at}", f"{self.statement} {at}", self.tiers[at % 2], f"A{at}")
                lines.append("\t".join(told))
        return "\n".join(lines)


ZH = Story(
    language="zh",
    chrome="我的工作",
    project="客户管理推广",
    department="华东销售部",
    job_role="外勤销售",
    people={
        "zhou": "周岚", "chen": "陈立群", "lin": "林知夏", "he": "何敏", "li": "李晓梅", "zhao": "赵磊", "fang": "方文", "shen": "沈清",
    },
    interview="张伟的一天",
    notes=(
        "**张伟**：第一次见客户,要填二十三个字段才能保存,我就先记在本子上,晚上再补。\n\n"
        "电话有十种写法,同一个客户在系统里有三份。\n\n**问**：签到呢？\n\n现场签到要等半分钟,客户都走了。"
    ),
    quotes=(
        "要填二十三个字段才能保存,我就先记在本子上,晚上再补。",
        "电话有十种写法,同一个客户在系统里有三份。",
        "现场签到要等半分钟,客户都走了。",
    ),
    scenario=("第一次拜访后记下客户", "外勤销售", ["打开手机", "填三个字段", "保存"], "客户当天就在系统里"),
    requirements=(
        ("首次接触只填三项", "第一次接触的客户,只需姓名、电话和来源就能保存。"),
        ("电话统一成一种写法", "电话无论怎样输入,都存成同一种写法。"),
    ),
    acceptance="十种写法是一个客户",
    given="系统里有客户“恒力”",
    does="用 <电话> 新建客户",
    sees="提示已有这个客户",
    cells="电话\t存成\n138 1234 5678\t13812345678\n+86 138-1234-5678\t13812345678",
    baseline="一期范围",
    changes=(
        ("首次接触只填两项", "来源当场问不出来。", "第一次接触的客户,只需姓名和电话就能保存。"),
        ("电话也认座机", "老客户多半留座机。", "电话和座机无论怎样输入,都存成同一种写法。"),
    ),
    environment="http://test.example,用户 tester",
    seen="弹出了两个客户",
    header=("需求名称", "需求描述", "优先级", "来源编号"),
    tiers=("必须有", "以后加"),
    row="现场签到第",
    statement="外勤到达后在手机上签到,编号",
    search="签到",
    search_notes="本子",
)  # fmt: skip

EN = Story(
    language="en",
    chrome="My work",
    project="CRM for sales",
    department="Sales East",
    job_role="Field sales",
    people={
        "zhou": "Zoe Zhou", "chen": "Leo Chen", "lin": "Lina Lin", "he": "Mina He", "li": "May Li", "zhao": "Ray Zhao",
        "fang": "Wen Fang",
        "shen": "Ada Miller",
    },
    interview="A day with Dave",
    notes=(
        "**Dave**: At a first visit I must fill twenty-three fields before it saves, so I write on paper.\n\n"
        "Phones come in ten spellings, and one customer is there three times.\n\n**Asked**: And checking in?\n\n"
        "Checking in on site (打卡) takes half a minute, and the customer is gone."
    ),
    quotes=(
        "I must fill twenty-three fields before it saves, so I write on paper.",
        "Phones come in ten spellings, and one customer is there three times.",
        "Checking in on site (打卡) takes half a minute, and the customer is gone.",
    ),
    scenario=("Note a customer after the first visit", "Field sales", ["Open the phone", "Fill three fields", "Save"],
              "The customer is there the same day"),
    requirements=(
        ("First contact needs three fields", "A customer can be saved with name, phone and source."),
        ("One spelling of phones", "However a phone is typed, it is kept in one spelling."),
    ),
    acceptance="Ten spellings are one customer",
    given="The customer Hengli is there",
    does="Enter a customer with <phone>",
    sees="It says that the customer is there",
    cells="phone\tkept as\n138 1234 5678\t13812345678\n+86 138-1234-5678\t13812345678",
    baseline="Scope of phase one",
    changes=(
        ("First contact needs two fields", "Nobody knows the source at once.", "A customer can be saved with name and phone."),
        ("Land lines too", "Old customers have land lines.", "However a phone or land line is typed, it is kept in one spelling."),
    ),
    environment="http://test.example, user tester",
    seen="two customers came up",
    header=("Title", "Description", "Priority", "Source number"),
    tiers=("Must", "Later"),
    row="On-site 签到 no.",
    statement="Who arrives checks in on the phone, number",
    search="签到",
    search_notes="打卡",
)  # fmt: skip

STORIES = {"zh": ZH, "en": EN}
