"""One case of tests/synth/matrix, given by context: -c composition=… -c subject=… -c roles=…"""

import sys
from pathlib import Path

import aws_cdk as cdk

sys.path.insert(0, str(Path(__file__).parents[4]))

from tests.synth.matrix.options import FACTORS
from tests.synth.matrix.subjects import make

app = cdk.App()
case = {"composition": "", "subject": "", **{name: next(iter(FACTORS[name])) for name in FACTORS}}
case |= {name: given for name in case if (given := app.node.try_get_context(name))}
make(app, app.node.try_get_context("name"), case)
app.synth()
