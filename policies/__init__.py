"""The law as data: policies of the jurisdictions, yearly calendars, the rule table."""
