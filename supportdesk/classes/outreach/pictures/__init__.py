"""Pictures of a held lecture: taken in with its result or later, seen by whoever may see the request."""
