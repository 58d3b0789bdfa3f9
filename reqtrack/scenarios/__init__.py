"""Business scenarios: how somebody does a piece of real work."""
