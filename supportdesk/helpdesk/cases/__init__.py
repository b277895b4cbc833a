"""The case: what an adviser writes of a consultation while it is held, and how it ended."""
