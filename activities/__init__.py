"""Side effects, a module each."""
