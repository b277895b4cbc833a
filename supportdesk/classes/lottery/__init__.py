"""Runs whose seats are drawn: entries until the deadline, one draw by the published rule, and drawing it again."""
