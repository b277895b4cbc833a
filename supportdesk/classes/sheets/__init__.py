"""Feedback sheets (受講アンケート): three questions after a meeting, answered on a phone or on paper."""
