"""Numbers that carry a digit to check the others by."""

from __future__ import annotations

import re

from reqtrack.acceptance.data.values import date_of

_ID = re.compile(r"[1-9]\d{16}[\dXx]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def is_id_card(text: str) -> bool:
    """Whether it is a number of a Chinese identity card: a day of birth, and the check digit of GB 11643-1999 (ISO 7064 MOD 11-2)."""
    if not _ID.fullmatch(text) or date_of(text[6:14]) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == text[-1].upper()


def is_credit_code(text: str) -> bool:
    """Whether it is a unified social credit code: the check character of GB 32100-2015 (MOD 31)."""
    if len(text) != 18 or any(char not in _USCC_SIGNS for char in text):
        return False
    total = sum(_USCC_SIGNS.index(char) * weight for char, weight in zip(text, _USCC_WEIGHTS, strict=False))
    return _USCC_SIGNS[(31 - total % 31) % 31] == text[-1]


def is_card_number(text: str) -> bool:
    """Whether it can be the number of a bank card: 13 to 19 digits and the check digit of ISO/IEC 7812-1 (Luhn)."""
    if not (text.isascii() and text.isdigit() and 13 <= len(text) <= 19) or text[0] not in "34569":
        return False
    digits = [int(digit) for digit in reversed(text)]
    return (sum(digits[0::2]) + sum(digit * 2 - 9 * (digit > 4) for digit in digits[1::2])) % 10 == 0
