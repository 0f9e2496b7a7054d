"""Schema adapters: a site's tables as logical relations; whether a database has what they read."""
