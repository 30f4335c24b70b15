"""A SageMaker for this machine: AutoML jobs that really train, models, endpoints that answer."""
