"""The demo's database as each migration left it, kept so that every later program is tried on it.

``<revision>.jsonl.gz`` is made by ``python -m tests.upgrades.dump`` when its migration is new, and never again once it was
released: what was written then by the program of then is the point.
"""
