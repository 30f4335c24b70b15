"""Reports on AutoML jobs: what a job has left behind, as one page that needs nothing else.

``reading`` makes plain data of a job's artifacts, or of an endpoint's responses; ``charts`` draws
it; ``page`` writes it.
"""
