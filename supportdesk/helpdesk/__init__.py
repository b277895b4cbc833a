"""One-on-one consultations: desks and their hours, bookings, and the case that comes of each."""
