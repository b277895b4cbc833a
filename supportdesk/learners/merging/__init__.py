"""Two records of one person made one, and one record of two people made two; both can be taken back."""
