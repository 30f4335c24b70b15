"""Draws architecture.svg, beside it: ``python docs/architecture/draw.py``.

The picture has a background of its own and colours for light and dark, so that it can be read on
any page.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

STYLE = """
  .page { fill: #ffffff; stroke: #d0d7de }
  .area { fill: #f6f8fa; stroke: #8c959f }
  .box { fill: #ffffff; stroke: #0969da; stroke-width: 1.5 }
  .sagemaker { stroke: #1a7f37 }
  text { fill: #1f2328; font: 12px system-ui, sans-serif; text-anchor: middle }
  .title { font-size: 13px; font-weight: 600; text-anchor: start }
  .small { fill: #59636e; font-size: 11px }
  .line { fill: none; stroke: #59636e; stroke-width: 1.5; marker-end: url(#head) }
  .head { fill: #59636e }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117; stroke: #3d444d }
    .area { fill: #151b23; stroke: #656c76 }
    .box { fill: #0d1117; stroke: #4493f8 }
    .sagemaker { stroke: #3fb950 }
    text { fill: #f0f6fc }
    .small { fill: #9198a1 }
    .line { stroke: #9198a1 }
    .head { fill: #9198a1 }
  }
"""
WIDTH, HEIGHT = 900, 440

AREAS = [
    (20, 40, 190, 380, "Your CDK app"),
    (250, 40, 190, 380, "CloudFormation stack"),
    (480, 40, 190, 380, "Once per stack"),
    (710, 40, 170, 380, "SageMaker, S3"),
]
BOXES = [
    (35, 80, 160, "AutoMLJobV2", "problem, data, limits", ""),
    (35, 220, 160, "AutoMLModel", "best candidate", ""),
    (35, 330, 160, "AutoMLEndpoint", "instances", ""),
    (265, 80, 160, "Custom::AutoMLJobV2", "starts the job", ""),
    (265, 150, 160, "Custom::AutoMLWait", "one per 55 minutes", ""),
    (265, 220, 160, "Custom::AutoMLModel", "one per candidate", ""),
    (265, 330, 160, "Custom::AutoMLEndpoint", "updated in place", ""),
    (495, 130, 160, "Lambda function", "decides, calls, responds", ""),
    (495, 270, 160, "State machine", "polls until it is done", ""),
    (725, 80, 140, "AutoML job", "found by fingerprint", "sagemaker"),
    (725, 220, 140, "model", "artifacts in S3", "sagemaker"),
    (725, 330, 140, "endpoint", "and configuration", "sagemaker"),
]
LINES = [
    "M195 105 H263",
    "M195 245 H263",
    "M195 355 H263",
    "M345 130 V148",
    "M345 200 V218",
    "M345 270 V328",
    "M425 105 H452 V145 H493",
    "M425 175 H452 V150 H493",
    "M425 245 H452 V165 H493",
    "M425 355 H462 V172 H493",
    "M545 180 V268",
    "M605 270 V182",
    "M655 145 H690 V105 H723",
    "M655 155 H690 V245 H723",
    "M655 165 H684 V355 H723",
]
LABELS = [(525, 228, "starts"), (632, 228, "invokes")]


def drawing() -> str:
    """Return the picture."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    yield "<title>What an app declares, what the stack holds, and who calls SageMaker</title>"
    yield f"<style>{STYLE}</style>"
    yield '<defs><marker id="head" markerWidth="8" markerHeight="8" refX="7" refY="4"'
    yield ' orient="auto">'
    yield '<path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>'
    yield f'<rect class="page" x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="8"/>'
    for x, y, width, height, title in AREAS:
        yield f'<rect class="area" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'
        yield f'<text class="title" x="{x}" y="{y - 12}">{escape(title)}</text>'
    yield from (f'<path class="line" d="{line}"/>' for line in LINES)
    for x, y, width, name, detail, kind in BOXES:
        yield f'<rect class="box {kind}" x="{x}" y="{y}" width="{width}" height="50" rx="4"/>'
        yield f'<text x="{x + width // 2}" y="{y + 21}">{escape(name)}</text>'
        yield f'<text class="small" x="{x + width // 2}" y="{y + 39}">{escape(detail)}</text>'
    yield from (f'<text class="small" x="{x}" y="{y}">{word}</text>' for x, y, word in LABELS)
    yield "</svg>"


if __name__ == "__main__":
    Path(__file__).with_name("architecture.svg").write_text(drawing())
