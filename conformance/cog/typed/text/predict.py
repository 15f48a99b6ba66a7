"""Texts: required, optional, with a default, a pattern and lengths; a text as output."""

from typing import Optional

from cog import BasePredictor, Input


class Predictor(BasePredictor):
    def predict(
        self,
        prompt: str = Input(description="What is written"),
        suffix: str = Input(description="What follows", default="!"),
        name: Optional[str] = Input(description="Who writes", default=None),
        code: str = Input(
            description="Two to four lower-case letters",
            default="abc",
            regex="^[a-z]+$",
            min_length=2,
            max_length=4,
        ),
    ) -> str:
        return f"{name or 'nobody'} ({code}): {prompt}{suffix}"
