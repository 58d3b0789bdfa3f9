"""Whether a person can see what a step says: an expectation that shows itself, an action that somebody does."""

from __future__ import annotations

import re

from reqtrack.acceptance.vague import PLACEHOLDER, holds_value
from reqtrack.requirements.text.reading import QUOTED, language_of, read

# What is seen, heard of, or looked up: the nouns and verbs that name it.
_SEEN_EN = re.compile(
    r"\b(?:sees?|seen|shows?|shown|showing|displays?|displayed|appears?|appeared|visible|hidden|listed|lists?|table|notified|informed|told|warned|asked|prompted"
    r"|messages?|errors?|warnings?|exceptions?|notifications?|e-?mails?|sms|letter|receives?|received|gets?|sent|delivered|printed|downloaded|exported|file|pdf|report|page|screen|dialog|window"
    r"|buttons?|links?|fields?|columns?|rows?|labels?|menus?|status|state|stage|contains?|includes?|empty|blank|equals?|is not|are not|count|number|amount|total|balance|price|name[ds]?"
    r"|created|added|saved|stored|recorded|logged|updated|changed|removed|deleted|cancelled|canceled|closed|opened|opens|reopened|approved|rejected|refused|accepted|confirmed|assigned|moved|copied|locked"
    r"|unlocked|blocked|disabled|enabled|activated|deactivated|marked|ticked|selected|highlighted|sorted|paid|refunded|shipped|booked|reserved|released|registered|subscribed|verified|invalid|required|expired"
    r"|increased?s?|decreased?s?|reduced|redirected|navigated|forwarded|logged in|signed in|logged out|signed out|able to|unable to|cannot|can not|can|could|may not|must not|allowed|denied|returns?|returned|throws?|thrown"
    r"|impersonat\w+|greyed|(?:is|are|be|has|have|had|was|were|stays?|remains?|becomes?) (?:a|an|the|no|not|only|still|of|in|on|at|my|their|its|set|\w+ed|\w+en)|there (?:is|are|should be|will be|must be)"
    r"|(?:should|must|will|shall)(?: still| now| not| also)? (?:have|be|not|stay|remain|become|contain|include)|exists?|match(?:es)? \w+)\b"
)
_SEEN_ZH = re.compile(
    r"显示|展示|看到|看见|看不到|可见|不见|出现|弹出|提示|提醒|告知|通知|收到|发送|发出|推送|短信|邮件|消息|报错|错误|警告|信息|返回|跳转|进入|打开|页面|界面|窗口|列表|表格|清单|报表|文件|下载|打印|导出"
    r"|按钮|链接|字段|菜单|状态|阶段|变为|变成|改为|更新|置为|标记|标红|高亮|置灰|生成|创建|新建|新增|增加|减少|扣减|加上|删除|移除|取消|关闭|作废|保存|记录|登记|日志|写入|入库|出库|锁定|解锁|冻结|释放|禁用|启用|停用|生效|失效"
    r"|审批|通过|驳回|拒绝|退回|分配|转给|指派|排序|置顶|第[一二三四五六七八九十\d]+|等于|不等于|大于|小于|不超过|不低于|余额|金额|总额|合计|数量|价格|库存|编号|单号|日期|时间|为空|非空|不为空|是空|只有|仅|共|包含|不包含|包括|含有|存在|不存在|没有"
    r"|不再|不能|无法|不可|不得|不允许|允许|可以|能够?|成功|失败|登录|退出|已|未|仍|必填|重复|过期|完成|到达|签收|发货|付款|退款|开票|扣款|到账|抵扣|归档|备份|同步|一致"
)
_HIDDEN_ZH = re.compile(
    r"^(?:系统|后台|程序|数据库|内部|接口)?(?:会|应|将|就)?(?:在)?(?:后台|内部)?(?:进行|做|执行|完成|考虑|理解|知道|明白|意识到|判断|分析|优化|处理|支持)[\u3400-\u9fff]{0,10}$"
)
_INNER_EN = re.compile(
    r"^(?:the )?(?:system|application|software|program|backend|server|database|data|user|customer|team|business|process|performance|quality|code|architecture|experience)s? "
    r"(?:should |will |shall |must |can )?(?:understands?|knows?|thinks?|considers?|realizes?|feels?|likes?|supports?|handles?|process(?:es)?|manages?|optimi[sz]es?|improves?|benefits?|takes? care|cares?)\b"
)
# A step that only says how things are; it belongs to Given.
_STATE_EN = re.compile(
    r"^(?:the |a |an |my |this |that |each |every )?[\w\s'-]{1,50}? (?:is|are|has|have|belongs?|exists?|remains?)(?: already| still| not| no)? (?!being\b)(?P<word>[\w<\ue000-]+)"
)
_DONE_EN = re.compile(
    r"\w{2,}(?:ed|ing)$|^(?:sent|shown|made|given|done|set|run|put|sold|bought|paid|taken|drawn|cut|read|split|shut|left|lost|written|chosen|built|begun|broken|withdrawn|reset|due|over|up|to|been|just|overdue)$"
)
_STATE_ZH = re.compile(
    r"^(?:当|如果|若|在)?[^，,。]{1,20}?(?:(?<![但可于凡只总还就不认作])是(?!否)|为|属于|不足|大于|小于|超过|少于|多于|低于|高于|等于|没有(?!填|选|录|输|勾)|存在|不存在|已经?(?:是|有)|有(?!效))[^，,。]{0,20}?(?:时|的时候|情况下|的情况下)?$"
)
_ACT_ZH = re.compile(
    r"点击?|单击|双击|按下?|选择?|勾选|填|输入|录入|提交|保存|新建|新增|创建|添加|修改|编辑|变更|删除|查询|搜索|查看|浏览|打开|进入|登录|登陆|退出|注册|上传|下载|导入|导出|打印|扫描?|发送|发货|收货|发布|审批|审核|批准|驳回|拒绝|同意|确认|取消|撤销|撤回|关闭|启动|启用|停用|运行"
    r"|执行|触发|调用|推送|同步|分配|指派|转交|付款|支付|退款|下单|订购|购买|开票|签收|签字|签署|领取|归还|还款|放款|申请|报名|预约|访问|刷新|切换|拖|移动|复制|粘贴|拨打|接听|来电|致电|回复|通知|到期|到达|到了|过了|经过|开始|结束|完成|处理|设置|配置|计算|核对|对账|盘点|入库|出库|结算|核销|合并|拆分|绑定|解绑|使用|尝试|试图|要求|想|把|将|给|向|用|以|通过|收到|离开|断网|断开|重启|超时"
)
_EXPECTS = re.compile(
    r"\b(?:should|shall)\b|(?<![供对相反适感回效理响呼])应(?:该|当)?(?=显示|提示|看到|收到|弹出|为|是|有|能|可以|出现|生成|变)|(?:^|，|,)(?:则|那么|系统)(?:会|应|自动)?(?:显示|提示|弹出)"
)


def _blanked(step: str) -> str:
    first = PLACEHOLDER.sub(lambda found: QUOTED * len(found[0]), step.partition("\n")[0])
    return read(first).lower.strip().rstrip("。.，,；;:：")


def is_observable(step: str) -> bool:
    """Whether an expectation names something a person can see, hear of or look up: a value, a text, a state, a record, a message."""
    if holds_value(step):
        return True
    text = _blanked(step)
    if language_of(step) == "zh":
        return not _HIDDEN_ZH.match(text) and bool(_SEEN_ZH.search(text))
    return not _INNER_EN.match(text) and bool(_SEEN_EN.search(text))


def is_action(step: str) -> bool:
    """Whether a step says that something is done or happens, not only how things are."""
    text = _blanked(step)
    if not text:
        return False
    if language_of(step) == "zh":
        return bool(_ACT_ZH.search(text)) or not _STATE_ZH.match(text)
    found = _STATE_EN.match(text)
    return (
        found is None or bool(_DONE_EN.search(found["word"])) or bool(re.search(r"\b(?:is|are) [\w-]+ly \w+ed\b", text))
    )


def expects(step: str) -> bool:
    """Whether a step that should say what is done says what is to be seen."""
    return bool(_EXPECTS.search(_blanked(step)))
