"""The decoder of QR codes for browsers that have none of their own, as on iPhones: `make setup` puts it there
(bin/fetch-decoder). Where it is missing codes are typed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import current_app

#: What a browser offers that needs none.
STANDS_IN_FOR: Final = "BarcodeDetector"
SCRIPT: Final = "decoder/barcode-detector.js"
PROGRAM: Final = "decoder/zxing_reader.wasm"
FILES: Final = (SCRIPT, PROGRAM)


def is_here() -> bool:
    """Whether it was installed."""
    static = Path(str(current_app.static_folder))
    return all((static / name).is_file() for name in FILES)
