"""Acceptance scenarios, rounds, results and standings."""
