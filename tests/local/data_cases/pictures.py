"""Pictures: red ones are apples, green ones are pears."""

import io
import json

import numpy as np
from PIL import Image

from .case import Case, channel, request, two_channels

RED, GREEN = (220, 10, 10), (10, 220, 10)


def picture(colour, form="PNG", mode="RGB"):
    out = io.BytesIO()
    Image.new("RGB", (40, 40), colour).convert(mode).save(out, form)
    return out.getvalue()


def noise():
    """Return a picture that does not get much smaller by packing."""
    out = io.BytesIO()
    grain = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(grain).save(out, "PNG")
    return out.getvalue()


def fruit(place="in/train/", count=4, below=""):
    return {
        f"{place}{name}/{below}{number}.png": picture(colour)
        for name, colour in (("apple", RED), ("pear", GREEN))
        for number in range(count)
    }


def job(*channels, **more):
    return request("ImageClassificationJobConfig", {}, channels, **more)


def of(*channels, **objects_by_name):
    more = {name.replace("__", "/"): body for name, body in objects_by_name.items()}
    return Case(job(*channels), fruit() | more)


def beside(name, body):
    return Case(job(), fruit() | {f"in/train/{name}": body})


def line(key, **changes):
    label = "pear" if "pear" in key else "apple"
    metadata = {"class-name": label, "type": "groundtruth/image-classification"}
    entry = {"source-ref": f"s3://{key}", "fruit": int(label == "pear"), "fruit-metadata": metadata}
    return json.dumps(entry | changes)


def augmented(change=lambda text: text):
    objects = fruit()
    text = change("\n".join(line(key) for key in objects) + "\n")
    manifest = channel("s3://in/labels.manifest", data_type="AugmentedManifestFile")
    return Case(job(manifest), objects | {"in/labels.manifest": text.encode()})


def manifest(content):
    source = channel("s3://in/a.manifest", data_type="ManifestFile")
    return Case(job(source), fruit() | {"in/a.manifest": content.encode()})


FIRST = line("in/train/apple/0.png")
NAMES = [key.removeprefix("in/train/") for key in fruit()]
CASES = {
    "a folder for each class": lambda: of(),
    "more folders below a class": lambda: Case(job(), fruit(below="2025/may/")),
    "grey, transparent, 16-bit and CMYK pictures": lambda: Case(
        job(),
        fruit()
        | {
            "in/train/pear/grey.png": picture(GREEN, mode="L"),
            "in/train/pear/clear.png": picture(GREEN, mode="RGBA"),
            "in/train/pear/deep.png": picture(GREEN, mode="I;16"),
            "in/train/pear/print.jpg": picture(GREEN, "JPEG", "CMYK"),
        },
    ),
    "other files beside the pictures": lambda: beside("apple/labels.csv", b"a,b\n"),
    "a manifest": lambda: manifest(json.dumps([{"prefix": "s3://in/train/"}, *NAMES])),
    "an augmented manifest": lambda: augmented(),
    "a picture in no folder": lambda: beside("0.png", picture(RED)),
    "all pictures in one folder": lambda: Case(
        job(channel("s3://in/")), {f"in/x/{key[9:]}": body for key, body in fruit().items()}
    ),
    "a picture that is cut off": lambda: beside("apple/cut.png", noise()[:3000]),
    "what is no picture": lambda: beside("apple/no.png", b"<html>"),
    "GIF, BMP, TIFF, WebP, HEIC": lambda: beside("apple/a.webp", b"RIFF"),
    "no picture": lambda: Case(job(), {"in/train/apple/a.txt": b"a"}),
    "a validation channel with a new class": lambda: Case(
        job(*two_channels()), fruit() | {"in/validation/plum/0.png": picture(RED)}
    ),
    "a line of an augmented manifest that is no JSON": lambda: augmented(
        lambda text: f"{text}{{\n"
    ),
    "a blank line": lambda: augmented(lambda text: text.replace("\n", "\n\n", 1)),
    "a line without a label": lambda: augmented(
        lambda text: f'{text}{{"source-ref": "s3://in/train/apple/0.png"}}\n'
    ),
    "a line with several labels": lambda: augmented(
        lambda text: text.replace(FIRST, line("in/train/apple/0.png", fruit=[0, 1]))
    ),
    "an augmented manifest with a BOM": lambda: augmented(lambda text: f"\ufeff{text}"),
    "a picture that is not there": lambda: augmented(
        lambda text: text.replace("apple/0.png", "apple/none.png")
    ),
}
