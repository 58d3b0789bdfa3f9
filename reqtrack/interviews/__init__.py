"""Stakeholders, interviews, excerpts and the evidence they give."""
