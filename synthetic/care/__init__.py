"""What happened to them: encounters, surgeries, diagnoses, results, drugs, charges."""
