"""Rounds to be signed are those of acceptance."""

from tests.acceptance.conftest import phones, stage

__all__ = ["phones", "stage"]
