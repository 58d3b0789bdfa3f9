"""Proof that leaves the house: the seal of the installation, the sign-off pack, and its checker. Plain data in, bytes out."""
