"""Operation: health, metrics, logs, backups."""
