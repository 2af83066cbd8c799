"""The demonstration county: its units and people, and tickets that lived their lives through the core."""
