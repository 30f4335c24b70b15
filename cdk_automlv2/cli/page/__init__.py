"""The local cloud's page: what there is, live, and a form that invokes an endpoint."""
