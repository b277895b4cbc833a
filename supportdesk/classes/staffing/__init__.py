"""Who is on duty at one meeting: instructors and assistants, who stands in, and how many assistants are missing."""
