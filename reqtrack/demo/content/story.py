"""The order in which it all happened, from 7 September to 24 November 2026, and who did it."""

from __future__ import annotations

from .model import Step

_BEGINNING = (
    Step("2026-09-07T01:30:00Z", "zhoulan", "open_project", ("CRM",)),
    Step(
        "2026-09-08T02:00:00Z",
        "linzhixia",
        "add_stakeholder",
        ("s-chen", "s-liu", "s-wang", "s-liqiang", "s-zhang", "s-wu", "s-ma", "s-qian", "s-fang", "s-guo"),
    ),
    Step("2026-09-10T08:40:00Z", "linzhixia", "record_interview", ("i-chen",)),
    Step("2026-09-14T01:10:00Z", "chenliqun", "confirm_interview", ("i-chen",)),
    Step("2026-09-16T09:20:00Z", "linzhixia", "record_interview", ("i-wang",)),
    Step("2026-09-17T06:00:00Z", "linzhixia", "write_scenario", ("sc-new-customer", "sc-no-signal")),
    Step("2026-09-18T08:30:00Z", "wuhao", "record_interview", ("i-liu",)),
    Step(
        "2026-09-21T02:00:00Z", "wuhao", "write_scenario", ("sc-quote-on-spot", "sc-small-discount", "sc-approver-away")
    ),
    Step("2026-09-22T09:00:00Z", "linzhixia", "record_interview", ("i-wu",)),
    Step("2026-09-23T03:15:00Z", "wuminfang", "confirm_interview", ("i-wu",)),
    Step("2026-09-23T07:00:00Z", "linzhixia", "write_scenario", ("sc-quote-to-contract", "sc-repeat-order")),
    Step("2026-09-24T08:50:00Z", "wuhao", "record_interview", ("i-ma",)),
    Step(
        "2026-09-28T02:10:00Z",
        "wuhao",
        "write_scenario",
        ("sc-visit-note", "sc-leads", "sc-fair-cards", "sc-contact-moved"),
    ),
)

_SCOPE = (
    Step(
        "2026-09-29T01:20:00Z",
        "linzhixia",
        "write_requirement",
        (
            "r-three-fields", "r-required-by-stage", "r-phone-format", "r-similar-names", "r-merge", "r-ownership",
            "r-contact-append", "r-offline",
        ),
    ),
    Step(
        "2026-09-30T01:40:00Z",
        "wuhao",
        "write_requirement",
        (
            "r-visit-note", "r-speech", "r-sources", "r-source-mapping", "r-lead-assign", "r-lead-waiting",
            "r-card-import", "r-month-report",
        ),
    ),
    Step(
        "2026-10-08T02:00:00Z",
        "linzhixia",
        "write_requirement",
        (
            "r-one-day", "r-approval", "r-approve-message", "r-deputy", "r-quote-phone", "r-quote-export",
            "r-quote-copy", "r-contract-direct",
        ),
    ),
    Step(
        "2026-10-09T01:30:00Z",
        "wuhao",
        "write_requirement",
        ("r-margin", "r-cost-hidden", "r-erp-order", "r-payment", "r-practice", "r-gps", "r-dealers"),
    ),
    Step("2026-10-09T06:00:00Z", "wuhao", "comment", ("k-margin-asked",)),
    Step("2026-10-09T06:30:00Z", "wuhao", "ask_question", ("q-overdue", "q-badges")),
    Step(
        "2026-10-12T01:30:00Z",
        "linzhixia",
        "write_acceptance",
        (
            "a-three-fields", "a-required-stage", "a-phone-usual", "a-phone-odd", "a-phone-wrong", "a-similar",
            "a-merge", "a-ownership", "a-contact", "a-visit-note", "a-visit-weather", "a-offline",
        ),
    ),
    Step("2026-10-12T05:30:00Z", "wuminfang", "comment", ("k-deputy-asked",)),
    Step("2026-10-12T06:10:00Z", "chenliqun", "comment", ("k-deputy-settled", "k-margin-settled")),
    Step(
        "2026-10-13T01:30:00Z",
        "wuhao",
        "write_acceptance",
        (
            "a-sources", "a-lead-assign", "a-lead-waiting", "a-approve-small", "a-approve-large", "a-approve-message",
            "a-deputy", "a-margin", "a-quote-phone", "a-quote-export", "a-erp", "a-contract",
        ),
    ),
    Step("2026-10-13T07:00:00Z", "lixiaomei", "comment", ("k-practice",)),
    Step(
        "2026-10-14T02:00:00Z",
        "linzhixia",
        "review_requirement",
        (
            "r-three-fields", "r-required-by-stage", "r-phone-format", "r-similar-names", "r-offline", "r-visit-note",
            "r-sources", "r-lead-assign", "r-one-day", "r-approval", "r-approve-message", "r-deputy", "r-quote-phone",
            "r-cost-hidden", "r-contract-direct",
        ),
    ),
    Step("2026-10-15T03:00:00Z", "chenliqun", "set_aside", ("aside-gps",)),
    Step("2026-10-15T06:20:00Z", "zhoulan", "set_aside", ("aside-dealers",)),
    Step("2026-10-16T07:30:00Z", "linzhixia", "take_baseline", ("scope-1",)),
    Step("2026-10-16T07:45:00Z", "zhoulan", "request_signoff", ("sign-scope-1",)),
    Step("2026-10-19T09:35:00Z", "chenliqun", "sign", ("sign-scope-1",)),
)  # fmt: skip

_SERVICE = (
    Step("2026-10-20T01:15:00Z", "guoyumei", "comment", ("k-service-missing",)),
    Step("2026-10-20T02:40:00Z", "zhoulan", "comment", ("k-service-planned",)),
    Step("2026-10-22T02:00:00Z", "linzhixia", "add_stakeholder", ("s-sun", "s-feng", "s-heweidong")),
    Step("2026-10-27T09:10:00Z", "linzhixia", "record_interview", ("i-service",)),
    Step("2026-10-28T06:00:00Z", "linzhixia", "write_scenario", ("sc-repair-call", "sc-repair-visit", "sc-no-serial")),
    Step("2026-10-29T00:30:00Z", "linzhixia", "define_field", ("fd-customer", "fd-mobile", "fd-source", "fd-region")),
    Step("2026-10-29T00:40:00Z", "wuhao", "take_records", ("ds-customers",)),
    Step(
        "2026-10-29T02:00:00Z",
        "linzhixia",
        "write_requirement",
        ("r-serial", "r-call-warranty", "r-close-on-site", "r-third-fault", "r-open-repairs"),
    ),
    Step("2026-10-29T03:00:00Z", "linzhixia", "ask_question", ("q-parts", "q-night")),
    Step(
        "2026-10-29T08:00:00Z",
        "zhaolei",
        "implement",
        (
            "r-three-fields", "r-required-by-stage", "r-phone-format", "r-similar-names", "r-visit-note", "r-sources",
            "r-source-mapping", "r-lead-assign", "r-approval",
        ),
    ),
    Step("2026-11-02T01:10:00Z", "linzhixia", "write_acceptance", ("a-call-warranty",)),
    Step("2026-11-04T02:00:00Z", "linzhixia", "review_requirement", ("r-serial", "r-call-warranty", "r-close-on-site")),
)  # fmt: skip

_FIRST_ROUND = (
    Step("2026-11-04T03:00:00Z", "zhoulan", "open_round", ("round-1",)),
    Step(
        "2026-11-04T05:30:00Z", "hemin", "record_run", ("run-1-three-fields", "run-1-required-stage", "run-1-similar")
    ),
    Step("2026-11-05T01:30:00Z", "hemin", "record_run", ("run-1-phone-usual", "run-1-phone-odd", "run-1-phone-wrong")),
    Step("2026-11-05T02:30:00Z", "lixiaomei", "record_run", ("run-1-sources", "run-1-lead-assign")),
    Step(
        "2026-11-05T06:00:00Z",
        "hemin",
        "record_run",
        ("run-1-visit-note", "run-1-visit-weather", "run-1-approve-small"),
    ),
    Step("2026-11-06T07:00:00Z", "zhoulan", "close_round", ("round-1",)),
    Step("2026-11-06T07:10:00Z", "zhoulan", "request_signoff", ("sign-round-1",)),
    Step("2026-11-09T02:20:00Z", "chenliqun", "sign", ("sign-round-1",)),
)

_CHANGES = (
    Step("2026-11-09T05:40:00Z", "linzhixia", "open_change", ("c-weather",)),
    Step("2026-11-09T05:50:00Z", "linzhixia", "submit_change", ("c-weather",)),
    Step("2026-11-10T02:00:00Z", "zhaolei", "assess_change", ("c-weather",)),
    Step("2026-11-10T06:15:00Z", "zhoulan", "open_change", ("c-door-photo",)),
    Step("2026-11-10T06:20:00Z", "zhoulan", "submit_change", ("c-door-photo",)),
    Step("2026-11-11T01:05:00Z", "zhoulan", "decide_change", ("c-weather",)),
    Step("2026-11-11T03:00:00Z", "zhaolei", "assess_change", ("c-door-photo",)),
    Step("2026-11-12T02:00:00Z", "linzhixia", "open_change", ("c-chat-leads",)),
    Step("2026-11-12T02:10:00Z", "linzhixia", "submit_change", ("c-chat-leads",)),
    Step("2026-11-12T09:00:00Z", "chenliqun", "decide_change", ("c-door-photo",)),
    Step("2026-11-13T02:30:00Z", "zhaolei", "assess_change", ("c-chat-leads",)),
    Step("2026-11-13T06:10:00Z", "wuminfang", "open_change", ("c-landline",)),
    Step("2026-11-13T06:20:00Z", "wuminfang", "submit_change", ("c-landline",)),
    Step(
        "2026-11-13T08:30:00Z",
        "zhaolei",
        "implement",
        (
            "r-visit-note", "r-lead-waiting", "r-approve-message", "r-deputy", "r-quote-export", "r-ownership",
            "r-contact-append",
        ),
    ),
    Step("2026-11-13T09:10:00Z", "zhoulan", "open_branch", ("br-pilot",)),
    Step("2026-11-16T01:30:00Z", "zhoulan", "open_round", ("round-2",)),
    Step("2026-11-16T03:00:00Z", "chenliqun", "decide_change", ("c-chat-leads",)),
    Step("2026-11-16T08:20:00Z", "linzhixia", "open_change", ("c-two-levels",)),
    Step("2026-11-16T08:30:00Z", "linzhixia", "submit_change", ("c-two-levels",)),
    Step("2026-11-17T01:40:00Z", "zhaolei", "ask_back", ("c-two-levels",)),
    Step("2026-11-17T02:10:00Z", "hemin", "record_run", ("run-2-phone-usual", "run-2-phone-odd", "run-2-contact")),
    Step("2026-11-17T03:30:00Z", "zhaolei", "assess_change", ("c-landline",)),
    Step("2026-11-17T07:30:00Z", "linzhixia", "answer_back", ("c-two-levels",)),
    Step("2026-11-18T01:20:00Z", "linzhixia", "close_change", ("c-weather",)),
    Step("2026-11-18T02:00:00Z", "wuhao", "open_change", ("c-discount-by-line",)),
    Step("2026-11-18T02:10:00Z", "wuhao", "submit_change", ("c-discount-by-line",)),
    Step("2026-11-18T02:40:00Z", "hemin", "record_run", ("run-2-approve-small", "run-2-approve-large")),
    Step("2026-11-18T02:50:00Z", "hemin", "raise_defect", ("bug-large-quote",)),
    Step("2026-11-18T06:00:00Z", "lixiaomei", "record_run", ("run-2-lead-assign", "run-2-lead-waiting")),
    Step("2026-11-19T01:30:00Z", "zhaolei", "comment", ("k-six-percent",)),
    Step("2026-11-19T02:00:00Z", "linzhixia", "touch_by_hand", ("t-month-report", "t-contract")),
    Step("2026-11-19T06:10:00Z", "chenliqun", "decide_change", ("c-landline",)),
    Step("2026-11-19T07:00:00Z", "wuminfang", "open_change", ("c-county-regions",)),
    Step("2026-11-19T07:10:00Z", "wuminfang", "submit_change", ("c-county-regions",)),
    Step("2026-11-20T01:30:00Z", "zhaolei", "assess_change", ("c-two-levels", "c-discount-by-line")),
    Step("2026-11-20T02:20:00Z", "zhaolei", "ask_back", ("c-county-regions",)),
    Step("2026-11-20T03:00:00Z", "wuhao", "comment", ("k-same-sentence",)),
    Step("2026-11-20T08:40:00Z", "zhaolei", "implement", ("r-phone-format",)),
    Step("2026-11-23T01:20:00Z", "hemin", "record_run", ("run-2-phone-again", "run-2-visit-note")),
    Step("2026-11-23T02:30:00Z", "sunqian", "open_change", ("c-call-owner",)),
    Step("2026-11-23T02:40:00Z", "sunqian", "submit_change", ("c-call-owner",)),
    Step("2026-11-23T06:40:00Z", "zhaolei", "fix_defect", ("bug-large-quote",)),
    Step("2026-11-23T09:15:00Z", "fangwen", "comment", ("k-sponsor",)),
    Step("2026-11-24T02:00:00Z", "hemin", "record_run", ("run-2-approve-message",)),
    Step("2026-11-24T02:10:00Z", "hemin", "raise_defect", ("bug-white-screen",)),
    Step("2026-11-24T02:50:00Z", "lixiaomei", "record_run", ("run-2-quote-export",)),
    Step("2026-11-24T07:30:00Z", "wuminfang", "open_change", ("c-invoice-name",)),
    Step("2026-11-24T07:31:00Z", "zhoulan", "write_template", ("ct-words",)),
    Step("2026-11-24T07:32:00Z", "chenliqun", "approve_template", ("ct-words",)),
    Step("2026-11-24T07:33:00Z", "wuminfang", "pass_by_template", ("cr-copy-words",)),
    Step("2026-11-24T07:35:00Z", "sunqian", "cry_for_help", ("cr-print-orders",)),
    Step("2026-11-24T07:36:00Z", "chenliqun", "go_away", ("aw-chen",)),
    Step("2026-11-24T07:37:00Z", "chenliqun", "let_through", ("cr-print-orders",)),
    Step("2026-11-24T07:38:00Z", "linzhixia", "agree_elsewhere", ("cr-visit-photo",)),
    Step("2026-11-24T07:39:00Z", "zhoulan", "add_stage", ("st-quality",)),
)  # fmt: skip

_PROCESSES = (
    Step("2026-11-24T07:40:00Z", "linzhixia", "write_process", ("p-lead-to-order", "p-repair")),
    Step("2026-11-24T07:50:00Z", "linzhixia", "answer_flows", ("f-new-customer", "f-quote-on-spot", "f-repair-call")),
)

_HEARD = (
    Step("2026-11-24T08:00:00Z", "linzhixia", "hang_link", ("fl-office",)),
    Step(
        "2026-11-24T08:30:00Z",
        "hemin",
        "give_feedback",
        ("fb-three-fields", "fb-voice", "fb-plus-86", "fb-plus-86-again", "fb-photo"),
    ),
    Step("2026-11-24T08:50:00Z", "sunqian", "give_feedback", ("fb-practice",)),
)

_NEXT = (
    Step(
        "2026-11-24T08:52:00Z",
        "linzhixia",
        "want_heard",
        ("w-reps", "w-engineers", "w-dispatcher", "w-engineers-repair"),
    ),
    Step("2026-11-24T08:57:00Z", "linzhixia", "take_set", ("qs-last-time", "qs-hand-overs")),
    Step("2026-11-24T09:00:00Z", "linzhixia", "ask_of", ("ask-service", "ask-wang-sales", "ask-liu-sales")),
    Step("2026-11-24T09:05:00Z", "linzhixia", "plan_talk", ("i-planned-engineer",)),
)

_SETTLED = (Step("2026-11-24T09:10:00Z", "linzhixia", "settle_feedback", ("fb-three-fields", "fb-voice")),)

_WRITTEN_DOWN = (
    Step("2026-11-24T09:13:00Z", "linzhixia", "add_document", ("d-service-contract", "d-old-sheet")),
    Step("2026-11-24T09:15:00Z", "linzhixia", "keep_figure", ("n-accounts", "n-leads")),
    Step("2026-11-24T09:17:00Z", "linzhixia", "ask_from_passage", ("pq-basement",)),
)

# By a link, whoever answers has no account: the step names who asked.
_CONFIRMED = (
    Step("2026-11-24T09:20:00Z", "wuhao", "ask_to_confirm", ("ask-liu",)),
    Step("2026-11-24T09:25:00Z", "linzhixia", "ask_to_confirm", ("ask-wang", "ask-feng")),
    Step("2026-11-24T09:50:00Z", "linzhixia", "answer_by_link", ("ask-wang", "ask-feng")),
)

_STANDS = (Step("2026-11-24T09:57:00Z", "zhoulan", "accept_finding", ("a-create-customer",)),)

_WORKSHOP = (Step("2026-11-24T09:55:00Z", "zhoulan", "import_sheet", ("sheet-workshop",)),)

_LET_STAND = (Step("2026-11-24T09:59:00Z", "linzhixia", "let_stand", ("stands",)),)

# What is open at the end: a change that another one overtakes, so that its author has to choose; and one that cannot wait.
_COPIED = (Step("2026-11-24T09:54:00Z", "wuhao", "hand_in", ("cr-copy-remarks",)),)

_OVERTAKEN = (Step("2026-11-24T09:56:00Z", "wuminfang", "pass_by_template", ("cr-copy-beside",)),)

_URGENT = (Step("2026-11-24T09:58:00Z", "linzhixia", "cry_for_help", ("cr-locked-screen",)),)

_REVIEWED = (Step("2026-11-24T09:53:00Z", "zhoulan", "hold_review", ("rv-first",)),)

_EXCUSED = (Step("2026-11-24T09:52:00Z", "zhoulan", "ask_waiver", ("wv-white-screen",)),)

STORY = (
    _BEGINNING
    + _SCOPE
    + _SERVICE
    + _FIRST_ROUND
    + _CHANGES
    + _PROCESSES
    + _HEARD
    + _NEXT
    + _SETTLED
    + _WRITTEN_DOWN
    + _CONFIRMED
    + _EXCUSED
    + _REVIEWED
    + _COPIED
    + _WORKSHOP
    + _OVERTAKEN
    + _STANDS
    + _URGENT
    + _LET_STAND
)
