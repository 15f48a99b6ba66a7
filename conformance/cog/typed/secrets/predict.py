"""Secrets: required and optional."""

from typing import Optional

from cog import BasePredictor, Input, Secret


class Predictor(BasePredictor):
    def predict(
        self,
        api_key: Secret = Input(description="A key that is not shown"),
        token: Optional[Secret] = Input(description="Another one", default=None),
    ) -> bool:
        return len(api_key.get_secret_value()) > 0
