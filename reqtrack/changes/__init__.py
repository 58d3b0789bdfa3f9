"""Change requests: proposed edits, impact, assessments, decisions."""
