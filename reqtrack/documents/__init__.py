"""Builds what exports/ describes."""
