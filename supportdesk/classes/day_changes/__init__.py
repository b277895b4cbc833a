"""A day that cannot be held as planned, such as one of heavy snow: its meetings are called off or moved at one go."""
