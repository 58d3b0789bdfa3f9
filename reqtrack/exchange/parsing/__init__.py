"""Files into plain drafts, and drafts into files: pure functions, no database, no web.

``reading.read_upload`` is the way in for a file from outside; it runs the readers of this folder in a killable child.
"""
