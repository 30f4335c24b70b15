"""What only the SageMaker SDK's API needs."""
