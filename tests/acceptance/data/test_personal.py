"""Which columns are thought to hold data of persons."""

import pytest

from reqtrack.acceptance.data.personal import KINDS, guess

NAMES = ["张三", "李四", "王小明", "欧阳锋", "赵敏"]
PHONES = ["13800138000", "139 0013 8000", "+86 13700137000"]


@pytest.mark.parametrize(
    ("header", "values", "kind"),
    [
        ("姓名", NAMES, "name"),
        ("客户", NAMES, "name"),
        ("recipientName", ["Anna Smith"], "name"),
        ("Last name", ["Skywalker"], "name"),
        ("联系电话", PHONES, "phone"),
        ("recipient_mobile", PHONES, "phone"),
        ("甲", PHONES, "phone"),
        ("乙", NAMES, "name"),
        ("证件号码", ["11010519491231002X"], "id"),
        ("丙", ["11010519491231002X", "x", "y"], "id"),
        ("e-mail", ["c@x.com"], "email"),
        ("丁", ["c@x.com", "d@x.com"], "email"),
        ("收货地址", ["上海市长宁区"], "address"),
        ("戊", ["上海市长宁区仙霞路5号", "湖北省武汉市江岸区8号301室"], "address"),
        ("银行卡号", ["6222020000000000000"], "bank_card"),
        ("己", ["4111111111111111", "5500005555555559"], "bank_card"),
        ("备注", ["请回电13800138000", "好", "已回访", "再联系", "无"], "text"),
        ("手机", [], "phone"),
    ],
)
def test_found(header, values, kind):
    found = guess(header, dict.fromkeys(values, 1))
    assert found and found.kind == kind and kind in KINDS
    assert str(found.reason)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("产品名称", ["电脑", "手机", "键盘"]),
        ("product name", ["Laptop Pro", "Phone X"]),
        ("手机品牌", ["华为", "小米"]),
        ("IP地址", ["10.0.0.1"]),
        ("phone", ["Apple", "Nokia"]),
        ("城市", ["上海", "北京", "广州", "深圳"]),
        ("状态", ["待发货", "已发货"]),
        ("金额", ["19.99", "200"]),
        ("创建日期", ["2026-01-03"]),
        ("file name", ["a.txt"]),
        ("订单号", ["20260103000001", "20260103000002"]),
        ("是否有手机", ["是", "否"]),
        ("", []),
    ],
)
def test_left_alone(header, values):
    assert guess(header, dict.fromkeys(values, 1)) is None
