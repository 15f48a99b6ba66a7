"""Inputs without `Input`, and a model without required inputs; a list of texts as output."""

from typing import List

from cog import BasePredictor


class Predictor(BasePredictor):
    def predict(
        self, text: str = "a b", upper: bool = False, times: int = 1, weight: float = 1.5
    ) -> List[str]:
        words = text.split() * times
        return [word.upper() if upper else word for word in words]
