"""The walks themselves: they reach every route, so that what they find nothing wrong with was looked at."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.architecture.conftest import BOTH
from tests.architecture.prepared import Prepared
from tests.architecture.walks import walk

# Routes that a prepared world cannot show, with the reason.
UNREACHED = {
    "/set-up/<secret>": "there are accounts already",
    "/account/authenticator/qr.png": "there is one only while an authenticator is being set up",
}


def test_every_page_and_list_is_reached(house: Prepared) -> None:
    answers = defaultdict(set)
    for answer in walk(house, "polymath"):
        answers[answer.stop.rule].add(answer.status)
    missed = {rule: found for rule, found in answers.items() if not found & {200, 303} and rule not in UNREACHED}
    assert not missed, f"no sample of tests/architecture/samples.py leads to these routes: {missed}"
    assert len(answers) > 80


@pytest.mark.parametrize("house", BOTH, indirect=True)
def test_no_page_breaks(house: Prepared) -> None:
    assert [str(answer) for answer in walk(house, "polymath") if answer.status >= 500] == []
