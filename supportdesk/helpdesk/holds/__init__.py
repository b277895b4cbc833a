"""Slots that are kept for somebody: while one talks, until an offer is answered, until an application is decided."""
