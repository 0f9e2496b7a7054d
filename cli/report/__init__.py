"""The report: tables that other commands wrote, as one self-contained page with pictures."""
