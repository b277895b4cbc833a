"""What the law gives every learner: to see all that is held of them, and to have it put right, not used, erased."""
