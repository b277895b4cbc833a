"""Districts, venues and their rooms, days when nothing can be held, and who or what is taken when."""
