"""reqtrack: requirements and change management for roll-outs of business systems."""
