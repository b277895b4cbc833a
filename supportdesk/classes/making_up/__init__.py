"""Making up for a missed meeting: the same one of another run of the course, without a seat there."""
