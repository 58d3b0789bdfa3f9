"""Stages, the moves between them, verdicts."""
