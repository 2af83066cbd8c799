"""The commands of `jiesu`, one module each; `register(app)` adds it."""
