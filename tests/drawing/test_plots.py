"""Pictures by matplotlib."""

import struct

import numpy as np
import pytest

from catenary.diagrams import Box, CatenaryError, Diagram, Equation, InputError, Ty
from catenary.diagrams.drawing import draw, picture_of, to_matplotlib, to_png
from tests.drawing.pictures import A, each_kind, random_nested

pytest.importorskip("matplotlib", reason="needs matplotlib")
f = Box("f", A, A)


def pixels(content):
    import io

    from matplotlib.image import imread

    return imread(io.BytesIO(content))


def test_every_kind_is_drawn(tmp_path):
    for name, value in each_kind().items():
        content = to_png(value, tmp_path / f"{name}.png", dpi=40)
        assert content == (tmp_path / f"{name}.png").read_bytes()
        width, height = struct.unpack(">II", content[16:24])
        layout = picture_of(value)
        assert abs(width - layout.width * 20) <= 1
        assert abs(height - layout.height * 20) <= 1
        assert np.ptp(pixels(content)) > 0.3  # there is something on it


def test_dark_and_light_and_the_same_bytes():
    light, dark = to_png(f, dpi=40), to_png(f, dpi=40, dark="dark")
    assert light == to_png(f, dpi=40)
    assert pixels(light)[0, 0, :3].min() > 0.95
    assert pixels(dark)[0, 0, :3].max() < 0.2


def test_colours_of_the_boxes_are_where_the_layout_says():
    layout = picture_of(each_kind()["zx"])
    image = pixels(to_png(layout, dpi=160))
    for shape in layout.shapes:
        # left of the label, inside the rim
        x = shape.x - shape.width / 2 + 0.13
        red, green, blue = image[int(shape.y * 80), int(x * 80), :3]
        expected = {"Z": green > red, "X": red > green, "H": min(red, green) > blue}
        assert expected[shape.kind]


def test_axes_of_ones_own():
    from matplotlib.figure import Figure

    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert to_matplotlib(f, left) is left
    f.to_matplotlib(right, orientation="right")
    assert left.get_ylim()[0] > left.get_ylim()[1]  # downwards
    assert len(right.patches) > 2


def test_files_and_refusals(tmp_path):
    draw(random_nested(3, 5), tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    draw(f, tmp_path / "b.PNG", dpi=30)
    assert (tmp_path / "b.PNG").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(InputError, match="cannot write"):
        to_png(f, tmp_path / "no" / "folder.png")
    with pytest.raises(InputError, match="dpi"):
        to_png(Diagram(A**300, A**300, [(f, k) for k in range(300)]), dpi=300)
    with pytest.raises(CatenaryError, match="light"):
        to_matplotlib(f, dark="blue")


def test_dollars_are_dollars():
    to_png(Box("$x_1$ $", A, Ty("$")), dpi=30)


def test_theory_files_become_images(tmp_path):
    from pathlib import Path

    from catenary.commands import draw_file

    examples = Path(__file__).resolve().parents[2] / "examples"
    for suffix, start in ((".png", b"\x89PNG"), (".pdf", b"%PDF"), (".tex", b"\\documentclass")):
        draw_file(str(examples / "hopf.cat"), str(tmp_path / f"hopf{suffix}"), "bialgebra")
        assert (tmp_path / f"hopf{suffix}").read_bytes().startswith(start)
    with pytest.raises(InputError, match=r"expected \.svg or \.txt"):
        draw_file(str(examples / "adder.qasm"), str(tmp_path / "adder.tex"), None)


def test_an_empty_side_is_a_dashed_square():
    layout = picture_of(Equation("", Box("s", Ty(), Ty()).diagram, Diagram.id()))
    assert [shape.kind for shape in layout.shapes] == ["scalar", "empty"]
