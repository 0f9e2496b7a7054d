"""The truth as Cerner (Oracle Health) Millennium tables."""
