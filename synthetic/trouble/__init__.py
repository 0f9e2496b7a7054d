"""What goes wrong between the truth and a chart."""
