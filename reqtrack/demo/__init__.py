"""A demo project, built only through actions."""
