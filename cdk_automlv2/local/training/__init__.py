"""Training of the local SageMaker: real fits by scikit-learn, honestly scored.

Small stand-ins for what AWS trains: the algorithms have the API's names and are of the same
family, not the same code.
"""
