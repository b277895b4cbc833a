"""Applying in public: residents' pages without a log-in, whom reception confirms, and what becomes of it."""
