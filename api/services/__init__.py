"""What the routers ask for: reading from Postgres, storing and delivering what was said."""
