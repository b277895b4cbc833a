"""Waiting for a desk: who wants a consultation where nothing suits, and what becomes of a slot that is freed."""
