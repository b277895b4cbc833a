"""The loan phones that a meeting takes: as many as were asked for, whichever are free."""
