"""Logins, names and passwords as people type them."""

from __future__ import annotations

import pytest

from reqtrack.accounts import names
from reqtrack.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Wang@Example.com ", "wang@example.com"),
        ("１３８１２３４５６７８", "13812345678"),
        ("ＷＡＮＧ", "wang"),
        ("王海涛", "王海涛"),
        ("Straße", "strasse"),
    ],
)
def test_a_login_has_one_form(typed: str, kept: str) -> None:
    assert names.new_login(typed) == kept == names.normal_login(typed)


@pytest.mark.parametrize("typed", ["", "  ", "wang hai", "wa\u200bng", "wang\u202e", "a\x00b", "x" * 201])
def test_a_login_hides_nothing(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.new_login(typed)
    assert refused.value.reasons[0].field == "login"


@pytest.mark.parametrize("typed", ["", " \n ", "Wang\u202eHai", "x" * 201])
def test_a_name_hides_nothing(typed: str) -> None:
    with pytest.raises(Invalid):
        names.new_name(typed)


def test_a_name_is_tidied() -> None:
    assert names.new_name("  Ada \t Miller ") == "Ada Miller"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "short"),
        ("x" * 201, "long"),
        ("password1", "guessed"),
        ("PASSWORD1", "guessed"),
        ("11111111", "guessed"),
        ("12345678", "guessed"),
        ("hgfedcba", "guessed"),
        ("wanghaitao", "guessed"),
        ("oatiahgnaw", "guessed"),
    ],
)
def test_what_anybody_would_guess_is_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.check_password(password, "WangHaitao")
    assert refused.value.reasons[0].code == code


@pytest.mark.parametrize("password", ["correct horse", "电池马订书机正确呀", "x7$kQ2!m"])
def test_length_is_what_counts(password: str) -> None:
    names.check_password(password, "wanghaitao")
