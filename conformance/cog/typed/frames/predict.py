"""Files that arrive one by one."""

import tempfile
from typing import Iterator

from cog import BasePredictor, Input, Path


class Predictor(BasePredictor):
    def predict(
        self, frames: int = Input(description="How many", default=2, ge=1, le=4)
    ) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp())
        for number in range(frames):
            path = folder / f"{number}.txt"
            path.write_text(str(number))
            yield path
