"""Logins, names and passwords as people type them: one normal form, nothing invisible, nothing that anybody would guess."""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reqtrack.errors import Invalid, Reason, invalid

LEAST_PASSWORD = 8
MOST_PASSWORD = 200
MOST_LOGIN = 200
# Not a list to be long: what is tried first by everybody who guesses, beside runs, repeats and the login itself.
COMMON = frozenset((
    "password", "passw0rd", "password1", "password123", "p@ssw0rd", "p@ssword", "iloveyou", "sunshine", "princess",
    "football", "baseball", "welcome1", "welcome123", "admin123", "admin1234", "administrator", "letmein1",
    "changeme", "changeme1", "trustno1", "superman", "qwertyuiop", "qwerty123", "qwerty12", "1q2w3e4r", "1q2w3e4r5t",
    "1qaz2wsx", "zaq12wsx", "asdfghjkl", "zxcvbnm1", "q1w2e3r4", "abc12345", "abcd1234", "a1234567", "a12345678",
    "aa123456", "aa12345678", "woaini1314", "woaini520", "5201314520", "qq123456", "wang1234", "reqtrack",
    "reqtrack1", "test1234", "demo1234", "user1234", "secret123", "monkey123", "dragon123", "master123", "michael1",
    "jennifer", "shadow123", "starwars", "computer", "internet", "whatever",
))  # fmt: skip


def normal_login(text: str) -> str:
    """A login in the form in which it is kept and compared: NFKC, folded case, no outer blanks.

    So ``Wang@Example.com`` typed by a telephone's keyboard, full-width digits, and look-alikes by width are one login.
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def new_login(text: str) -> str:
    """The login of a new account.

    Raises:
        Invalid: it is empty, too long, or holds blanks or invisible characters.
    """
    login = normal_login(text)
    if not login:
        raise invalid(
            "login", "An account needs a login: an employee number, a mobile number or an e-mail.", "required"
        )
    if len(login) > MOST_LOGIN or any(_odd(character) or character.isspace() for character in login):
        raise invalid("login", "A login has no blanks and no invisible characters.")
    return login


def new_name(text: str) -> str:
    """A person's name, blanks tidied.

    Raises:
        Invalid: it is empty, too long, or holds invisible characters.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise invalid("name", "An account needs a name.", "required")
    if len(name) > 200 or any(_odd(character) for character in name):
        raise invalid("name", "A name has at most 200 characters, and no invisible ones.")
    return name


def title_of(text: str, field: str = "name", most: int = 200) -> str:
    """What something is called, blanks tidied.

    Raises:
        Invalid: it is too long.
    """
    title = " ".join(unicodedata.normalize("NFC", text).split())
    if len(title) > most:
        message = "This is %(length)s characters long; at most %(longest)s fit."
        raise invalid(field, message, "long", length=len(title), longest=most)
    return title


def _odd(character: str) -> bool:
    """Controls, and marks that turn or hide text."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def check_zone(zone: str) -> str:
    """An IANA time zone.

    Raises:
        Invalid: there is none of that name.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid("zone", "%(zone)s is not a time zone such as Asia/Shanghai.", zone=zone[:64]) from None
    return zone


def check_currency(currency: str) -> str:
    """A currency by its three letters, in capitals.

    Raises:
        Invalid: it is not three letters.
    """
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise invalid("currency", "A currency is three letters, such as CNY.")
    return currency.upper()


def check_password(password: str, login: str = "") -> None:
    """Refuse what anybody would guess. No rule of composition: length is what counts.

    Raises:
        Invalid: with one reason.
    """
    if len(password) < LEAST_PASSWORD:
        message = "A password has at least %(least)s characters. Four unrelated words are easy to keep."
        raise Invalid((Reason("short", message, {"least": LEAST_PASSWORD}, "password"),))
    if len(password) > MOST_PASSWORD:
        raise invalid("password", "A password has at most %(most)s characters.", "long", most=MOST_PASSWORD)
    if _guessed(password.casefold(), normal_login(login)):
        raise invalid("password", "This password is among the first that anybody would try.", "guessed")


def _guessed(password: str, login: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(password)}
    return password in COMMON or (bool(login) and password in (login, login[::-1])) or steps in ({0}, {1}, {-1})
