"""Makes a picture of one color, a PNG written by hand."""

import struct
import tempfile
import zlib

from cog import BasePredictor, Input, Path


def chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


class Predictor(BasePredictor):
    def predict(
        self, size: int = Input(description="Pixels a side", default=8, ge=1, le=512)
    ) -> Path:
        header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
        rows = b"".join(b"\0" + b"\xc0\x40\x20" * size for _ in range(size))
        path = Path(tempfile.mkdtemp()) / "picture.png"
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b"")
        )
        return path
