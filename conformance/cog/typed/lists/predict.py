"""Lists of texts, numbers and files; a list of files as output."""

import tempfile
from typing import List

from cog import BasePredictor, Input, Path


class Predictor(BasePredictor):
    def predict(
        self,
        words: List[str] = Input(description="Written to a file each"),
        numbers: List[int] = Input(description="Numbers", default=[1, 2]),
        images: List[Path] = Input(description="Pictures", default=[]),
    ) -> List[Path]:
        folder = Path(tempfile.mkdtemp())
        paths = []
        for number, word in enumerate(words):
            path = folder / f"{number}.txt"
            path.write_text(word)
            paths.append(path)
        return paths
