"""The console in a real browser. A package, so that one browser serves all of it and ends with it."""
