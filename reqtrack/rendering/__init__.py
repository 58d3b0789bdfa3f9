"""Text to safe HTML, old and new to a redline, documents to PDF. Plain data in, bytes out.

This package is the only place that may make ``Markup``; it knows neither flask nor the database.
"""
