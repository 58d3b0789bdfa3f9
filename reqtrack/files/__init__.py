"""The one door for untrusted files, where their bytes are kept, and the killable child that reads them.

``door.open_upload`` checks and names what somebody sent; ``killable.run_killable`` runs a reader in a child with
limits; ``text.read_text`` and ``xml.parse_xml`` turn bytes into text and trees; ``storage.Storage`` keeps
bytes by digest.
Import the modules, not the package: the child starts without running any ``__init__`` above the reader it was given.
"""
