"""Each sample is printed once, by one printing process for all tests here."""

import functools

import pytest

from reqtrack.rendering import pdf
from tests.rendering.samples import sheet_of


@pytest.fixture(scope="session")
def printers():
    with pdf.Printers(1, seconds=600) as running:
        yield running


@pytest.fixture(scope="session")
def printed(printers):
    """Prints a sample, tagged; the second time it is there already."""

    @functools.cache
    def once(name: str) -> pdf.Pdf:
        return pdf.print_sheet(sheet_of(name), printers, tagged=True)

    return once


@pytest.fixture(scope="session")
def in_parts(printers):
    """Prints a sample as a long document is printed, each chapter by itself; the second time it is there already."""

    @functools.cache
    def once(name: str) -> pdf.Pdf:
        return pdf.print_sheet(sheet_of(name), printers, tagged=True, single_pages=0, part_pages=1)

    return once
