"""Neighbours who teach neighbours: peer tutors, whom they are matched with, and the log of their sessions."""
