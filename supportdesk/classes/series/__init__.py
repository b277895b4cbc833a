"""Planning a whole term at once: dates cut into runs, looked through before they are saved, saved all or none."""
