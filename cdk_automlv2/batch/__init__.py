"""Batch transforms: a model applied to whole files in S3."""
