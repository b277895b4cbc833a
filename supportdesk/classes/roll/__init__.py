"""Attendance on a telephone, with or without a network: the roll, and what becomes of the marks it hands in."""
