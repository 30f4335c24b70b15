"""IAM for tests: may a role that a template makes do what the function does?

    policies = Environment().documents_of(template, role="FunctionRole1A2B")
    for question in calls.questions("create_endpoint", request, place, tags_of):
        assert evaluate(policies, question).allowed

``evaluate`` decides one question, ``calls`` knows which questions an operation of the API stands
for, ``Environment`` turns the documents of a template into those that CloudFormation would make.
"""

from .decision import Decision, Question, evaluate
from .environment import Environment

__all__ = ["Decision", "Environment", "Question", "evaluate"]
