"""Answer cards: what the desk knows, one question a card, found in seniors' own words; the public ones are the FAQ."""
