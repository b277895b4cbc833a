"""Whether a class is held though few applied: decided on its day, and remembered."""
