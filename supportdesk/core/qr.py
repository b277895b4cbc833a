"""QR codes for print and screen: passes, videos, meetings. Called by the views that hand such pictures out."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.base import BaseImage
from qrcode.image.svg import SvgPathImage

#: The quiet zone that readers need around the code (ISO/IEC 18004), in modules.
_BORDER = 4
_PNG_MODULE = 10


def qr_in_page(text: str) -> str:
    """The code as an address for `src`, for what must stay nowhere: a secret, a link that opens once."""
    return "data:image/svg+xml;base64," + b64encode(_saved(_code(text).make_image(image_factory=SvgPathImage))).decode()


@lru_cache(maxsize=512)
def qr_svg(text: str) -> bytes:
    """The code as a scalable picture: sharp at any size on paper."""
    return _saved(_code(text).make_image(image_factory=SvgPathImage))


@lru_cache(maxsize=128)
def qr_png(text: str) -> bytes:
    """The code as a picture for those who paste it elsewhere: ten pixels a module."""
    return _saved(_code(text).make_image())


def _code(text: str) -> qrcode.QRCode:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=_BORDER, box_size=_PNG_MODULE)
    code.add_data(text)
    code.make(fit=True)
    return code


def _saved(picture: BaseImage) -> bytes:
    out = BytesIO()
    picture.save(out)
    return out.getvalue()
