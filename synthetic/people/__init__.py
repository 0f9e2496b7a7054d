"""Who the people are: names, homes, households, births and deaths."""
