"""Commands on jobs and endpoints, wherever they were made."""
