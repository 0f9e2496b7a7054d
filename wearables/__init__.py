"""Device exports to daily summaries to windows around visits."""
