"""The register of the people we serve: one learner, one record, one pass."""
