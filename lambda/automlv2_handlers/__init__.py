"""Handlers of the AutoML V2 custom resources: standard library and the runtime's boto3 only."""
