"""Files as inputs: required, optional, and of the old type; a file as output."""

import tempfile
from typing import Optional

from cog import BasePredictor, File, Input, Path


class Predictor(BasePredictor):
    def predict(
        self,
        image: Path = Input(description="The picture that is copied"),
        mask: Optional[Path] = Input(description="What is kept", default=None),
        notes: File = Input(description="A file of the old type", default=None),
    ) -> Path:
        copy = Path(tempfile.mkdtemp()) / "copy.bin"
        copy.write_bytes(image.read_bytes())
        return copy
