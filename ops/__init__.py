"""Running Jiesu: settings, the embedded engines, the `jiesu` command."""
