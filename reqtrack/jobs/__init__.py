"""Background work: table, lease, heartbeat, progress, retry."""
