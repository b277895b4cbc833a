"""Smartphone classes and outreach lectures: courses, runs, meetings, seats, the waiting list, attendance."""
