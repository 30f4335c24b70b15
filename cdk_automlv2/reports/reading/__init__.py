"""From a job's description, artifacts and endpoint to plain data."""
