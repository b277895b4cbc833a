"""What learners must be told: rows written with what they tell, delivered later or by a call from the desk."""
