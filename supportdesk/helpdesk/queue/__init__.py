"""Who comes without a booking takes a number: the line of the day, calling, and what the waiting room is shown."""
