"""What *My work* and the Overview are made of."""
