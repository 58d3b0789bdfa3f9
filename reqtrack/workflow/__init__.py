"""Stages and the moves between them, as data; what waits for whom. The table is ``tables.MACHINES``."""
