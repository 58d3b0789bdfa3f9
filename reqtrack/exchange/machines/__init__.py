"""A machine's results, from its file into a round: read, matched to the project's acceptance scenarios, shown, brought in."""
