"""What goes wrong between the truth and a chart, and the list of it."""
