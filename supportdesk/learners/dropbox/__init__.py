"""What phones hand in that had no network: kept once each, put where it belongs, or held for somebody to decide."""
