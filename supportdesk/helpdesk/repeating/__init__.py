"""The same consultation again: every week, every second or every fourth, some times over."""
