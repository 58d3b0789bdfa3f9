"""Points in time of the scope, their fingerprints, comparison."""
