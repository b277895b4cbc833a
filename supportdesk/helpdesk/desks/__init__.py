"""Desks: when and with whom they sit, and the days on which they do not."""
