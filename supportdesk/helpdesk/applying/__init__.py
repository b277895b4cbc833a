"""Consultations in public: what is free, applying for one time without a log-in, and what reception does with it."""
