"""Requests for signature, signatures, what supersedes or carries them."""
