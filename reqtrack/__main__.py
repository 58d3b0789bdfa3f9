"""``python -m reqtrack``."""

from reqtrack.cli import main

main()
