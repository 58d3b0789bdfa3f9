"""What each document of ``exports/`` is told: plain data, read in the reader's rights, in the document's language."""
