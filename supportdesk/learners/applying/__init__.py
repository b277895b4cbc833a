"""Applying in public, whatever for: what residents write of themselves, and who that is in the register."""
