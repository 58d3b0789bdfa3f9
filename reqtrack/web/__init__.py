"""Area, the one transaction, answer(), pages."""
