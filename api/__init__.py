"""The HTTP interface. Routers say what may be asked, services talk to Postgres and Temporal."""
