"""Choices of texts and of numbers; any JSON as output."""

from typing import Any

from cog import BasePredictor, Input


class Predictor(BasePredictor):
    def predict(
        self,
        style: str = Input(
            description="How it looks",
            default="plain",
            choices=["plain", "K_EULER", "a b", "2-fold", "type", "Plain"],
        ),
        size: int = Input(description="Pixels a side", choices=[256, 512, 1024]),
    ) -> Any:
        return {"style": style, "size": size}
