"""The whole job, from an empty project to proofs, by the people whose work it is: each step done by who may, refused to who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from reqtrack.audit.verify import verify
from tests.browser import changing, opening, proof
from tests.browser.conftest import Company
from tests.support.browser import EN_DESKTOP, EN_PHONE, ZH_DESKTOP, ZH_PHONE, Device

COMBINATIONS = [
    pytest.param(ZH_PHONE, id="zh-390"),
    pytest.param(EN_DESKTOP, id="en-1280", marks=pytest.mark.full),
    pytest.param(ZH_DESKTOP, id="zh-1280", marks=pytest.mark.full),
    pytest.param(EN_PHONE, id="en-390", marks=pytest.mark.full),
]


@pytest.mark.story
@pytest.mark.timeout(600)  # a minute where nothing else runs
@pytest.mark.parametrize("device", COMBINATIONS)
def test_the_whole_job(app: Flask, company: Callable[[Device], Company], device: Device) -> None:
    there = company(device)
    opening.project_and_people(there)
    opening.interview(there)
    opening.acceptance(there)
    opening.signed_scope(there)
    changing.first_change(there)
    changing.acceptance_round(there)
    proof.papers(there)
    proof.sheet(there)
    proof.finding(there)
    with app.app_context():
        report = verify()
    assert report.ok, report.problems
