"""Pictures from strangers: what is good comes out upright, opaque and RGB; what is not gets one clear line."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.errors import MediaError
from studio.pictures import MAX_SIDE, fit_picture, open_picture, picture_kind, whole_picture


def save(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def test_a_truncated_picture_is_refused(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8))
    for name in ("a.png", "a.jpg", "a.webp", "a.gif"):
        whole = save(noise, tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) // 2])
        with pytest.raises(MediaError, match=rf"{name}: .*(damaged|not a PNG)"):
            open_picture(tmp_path / name)


@pytest.mark.parametrize("size", [(1, 1), (20_000, 40), (40, 20_000)])
def test_a_picture_too_small_or_too_wide_is_refused_with_its_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = save(Image.new("RGB", size), tmp_path / "odd.png")
    with pytest.raises(MediaError, match=f"{size[0]} x {size[1]}"):
        open_picture(path)


def test_a_picture_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = save(Image.new("1", (MAX_SIDE, 11_000)), tmp_path / "bomb.png")
    with pytest.raises(MediaError, match="bomb.png"):
        open_picture(path)


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7\n%", b"", b"GIF89a", b"\0" * 99]
)
def test_a_drawing_or_document_renamed_to_png_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(MediaError, match="not a PNG, JPEG, WebP or GIF"):
        open_picture(tmp_path / "logo.png")


def test_a_tiff_or_bmp_is_refused_whatever_it_is_called(tmp_path: Path) -> None:
    for kind in ("TIFF", "BMP"):
        with pytest.raises(MediaError, match="not a PNG"):
            open_picture(save(Image.new("RGB", (64, 64)), tmp_path / "x.png", format=kind))


def test_a_missing_file_is_a_plain_line(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        open_picture(tmp_path / "nothing.png")


def test_cmyk_comes_out_in_its_colours(tmp_path: Path) -> None:
    path = save(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), tmp_path / "print.jpg", quality=95)
    image = open_picture(path)
    assert image.mode == "RGB"
    red, green, blue = image.getpixel((30, 30))
    assert red > 200 and green < 60 and blue < 60


def test_a_turned_photo_comes_out_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (64, 32), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    assert open_picture(save(image, tmp_path / "phone.jpg", exif=exif)).size == (32, 64)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_does_not_spoil_a_good_picture(tmp_path: Path) -> None:
    path = save(Image.new("RGB", (64, 32), "red"), tmp_path / "phone.jpg", exif=b"Exif\0\0II*\0\x08\0\0\0")
    assert open_picture(path).size == (64, 32)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_becomes_white(tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    path = save(clear.convert(mode if mode != "PA" else "RGBA"), tmp_path / "clear.png")
    assert open_picture(path).getpixel((5, 5)) == (255, 255, 255)


def test_a_palette_with_a_transparent_colour_becomes_white(tmp_path: Path) -> None:
    path = save(Image.new("P", (64, 64), 3), tmp_path / "clear.gif", transparency=3)
    assert open_picture(path).getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bit_greys_keep_their_shades(tmp_path: Path) -> None:
    grey = Image.fromarray(np.full((64, 64), 32768, np.uint16))
    assert abs(open_picture(save(grey, tmp_path / "deep.png")).getpixel((1, 1))[0] - 127) <= 1


def test_a_colour_profile_is_honoured_and_a_broken_one_ignored(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"nonsense"):
        path = save(Image.new("RGB", (64, 64), (200, 30, 40)), tmp_path / "p.png", icc_profile=profile)
        assert open_picture(path).getpixel((0, 0)) == pytest.approx((200, 30, 40), abs=2)


def test_an_animation_gives_its_first_frame_and_is_known_to_move(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime")]
    path = save(frames[0], tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    assert open_picture(path).getpixel((0, 0)) == (255, 0, 0)
    assert picture_kind(path).animated


def test_a_fitted_picture_covers_and_keeps_its_middle() -> None:
    wide = Image.new("RGB", (300, 100), "black")
    wide.paste("white", (100, 0, 200, 100))
    fitted = fit_picture(wide, 64, 64)
    assert fitted.shape == (64, 64, 3) and fitted.dtype == np.uint8 and fitted.min() > 240


def test_a_picture_kind_is_read_from_the_content(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32)).save(buffer, "JPEG")
    (tmp_path / "wrong.png").write_bytes(buffer.getvalue())
    assert picture_kind(tmp_path / "wrong.png").suffix == ".jpg"


def test_a_whole_picture_keeps_its_edges_before_its_own_paper() -> None:
    tall = Image.new("RGB", (20, 80), (250, 240, 230))
    tall.paste((200, 0, 0), (0, 70, 20, 80))
    fitted = whole_picture(tall, 64, 32)
    assert fitted.shape == (32, 64, 3) and tuple(fitted[31, 32]) == (200, 0, 0)
    assert tuple(fitted[0, 0]) == tuple(fitted[0, 32]) == (250, 240, 230)
