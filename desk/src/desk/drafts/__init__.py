"""What operators wrote or asked for, kept in files until the service has recorded it once."""
