"""The matplotlib backend of the code interpreter: what is shown is kept as PNG until the run ends."""

import io

from matplotlib import pyplot
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas  # noqa: F401

_kept = []


def show(*_args, **_kwargs):
    """Keeps every open figure and closes it, so that the next plot begins a new one."""
    try:
        for number in pyplot.get_fignums():
            image = io.BytesIO()
            pyplot.figure(number).savefig(image, format="png", bbox_inches="tight")
            _kept.append(image.getvalue())
    finally:
        pyplot.close("all")


def take():
    """Every figure since the last time, those not shown included."""
    try:
        show()
    finally:
        images = _kept.copy()
        _kept.clear()
    return images
