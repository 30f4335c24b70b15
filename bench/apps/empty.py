"""An app with nothing in its one stack."""

import aws_cdk as cdk

app = cdk.App()
cdk.Stack(app, "Shop")
app.synth()
