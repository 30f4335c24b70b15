"""One fake for each service, below the boto3 clients of the function's gateway."""
