"""Follow-up videos: the library, their QR codes, who watched, and できた / まだ."""
