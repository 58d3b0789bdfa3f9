"""What people said after the first weeks with the system, by the code on a poster and from inside the project."""

from __future__ import annotations

from .model import Feedback, FeedbackLink, T

LINKS = (FeedbackLink("fl-office", T("华东区办事处海报", "Poster in the East China office")),)

FEEDBACK = (
    Feedback(
        "fb-three-fields",
        "fl-office",
        T("新建客户只要三项，真省事。就是名称联想有时要等一会儿。", "Three fields for a new customer, that is a relief. "
          "Only the suggestions for the name take a moment."),
        outcome="answer",
        reply=T(
            "谢谢。联想慢是因为还连着旧库，12 月 5 日切换以后就不慢了。",
            "Thank you. The suggestions are slow because they still ask the old database; that ends on 5 December.",
        ),
    ),
    Feedback(
        "fb-voice",
        "fl-office",
        T("语音转文字把型号全听错了，RV-40 写成“阿微四十”。", "Dictation gets every model wrong: RV-40 becomes “are we forty”."),
        outcome="defect",
    ),
    Feedback(
        "fb-plus-86",
        "fl-office",
        T("按手机号查客户，前面带 +86 就查不到，要删掉再查一遍。",
          "When I search a customer by mobile number, nothing is found with +86 in front. I have to delete it and search again."),
        contact="138 0571 2206",
    ),
    Feedback(
        "fb-plus-86-again",
        "fl-office",
        T("按手机号查客户，号码前面带 +86 查不到，删掉再查一遍才行。",
          "Search a customer by mobile number and nothing is found with +86 in front; I delete it and search again."),
    ),
    Feedback(
        "fb-photo",
        "fl-office",
        T("拜访记录里要是能直接拍照就好了。现在先拍、再传、再选，客户早走了。",
          "I wish I could take a photo inside the visit note. Now I take it, upload it, pick it, and the customer is long gone."),
    ),
    Feedback(
        "fb-practice",
        "",
        T("新人在练习库里建的客户，跑到正式报表里来了？上周的数对不上。",
          "Do the customers that beginners make in the practice system turn up in the real report? Last week’s figures do not add up."),
        by="sunqian",
        about=("r-practice",),
    ),
)  # fmt: skip
