"""Requirements, tiers, phases and their capacity."""
