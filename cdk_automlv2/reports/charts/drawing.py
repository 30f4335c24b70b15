"""From charts to SVG for the page and PNG for elsewhere; nothing is loaded."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cdk_automlv2.reports.charts.figure import Figure
from cdk_automlv2.reports.charts.look import LIGHT, MARKERS, variable_of

_SVG = "http://www.w3.org/2000/svg"
_LONG = re.compile(r"(\d+\.\d\d)\d+")
_URL = re.compile(r"url\(#")
_COLOURS = ("fill", "stroke")
_NUMBERS = ("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "points")
_USELESS = ("class", "fill-opacity", "stroke-miterlimit")


def svg(figure: Figure) -> str:
    """Return a figure as one picture with a name and a description, in the page's colours."""
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(figure.drawing(MARKERS).to_dict())
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(drawn)
    for element in root.iter():
        _adapt(element, figure.id)
    _named(root, figure)
    return ElementTree.tostring(root, encoding="unicode")


def png(figure: Figure) -> bytes:
    """Return a figure as a picture on a light ground."""
    import vl_convert

    spec = figure.drawing(LIGHT).to_dict()
    made: bytes = vl_convert.vegalite_to_png({**spec, "background": LIGHT.card}, scale=2)
    return made


def _adapt(element: ElementTree.Element, figure: str) -> None:
    for name in list(element.attrib):
        value = element.attrib[name]
        if name == "role" or name.startswith("aria-") or name in _USELESS:
            del element.attrib[name]
        elif name in _COLOURS:
            element.set(name, _URL.sub(f"url(#{figure}-", variable_of(value)))
        elif name in _NUMBERS:
            element.set(name, _LONG.sub(r"\1", value))
        elif name == "id":
            element.set(name, f"{figure}-{value}")
        elif "url(#" in value:
            element.set(name, _URL.sub(f"url(#{figure}-", value))


def _named(root: ElementTree.Element, figure: Figure) -> None:
    for place, (tag, text) in enumerate((("title", figure.title), ("desc", figure.finding))):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": f"{figure.id}-{tag}"})
        element.text = text
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{figure.id}-title {figure.id}-desc")
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.set("style", f"--wide:{float(width):.0f}")
    root.attrib.setdefault("viewBox", f"0 0 {width} {height}")
