"""A week of classes and lectures: by venue, by instructor or by district; and an instructor's own week on a phone."""
