"""The catalogue of skills, what was seen of each learner (evidence), and the level that follows from it."""
