"""The operations of the API, one file for each kind of resource."""
