"""Integers and floats, with and without a range; an object as output."""

from typing import Optional

from cog import BaseModel, BasePredictor, Input


class Output(BaseModel):
    total: float
    count: int
    note: Optional[str]


class Predictor(BasePredictor):
    def predict(
        self,
        count: int = Input(description="How many", ge=1, le=10),
        seed: Optional[int] = Input(description="Random seed", default=None),
        scale: float = Input(description="Factor", default=0.5, ge=0, le=1),
        offset: float = Input(description="Added to the total", default=0.0),
        exact: bool = Input(description="Whether nothing is rounded", default=True),
    ) -> Output:
        total = count * scale + offset
        return Output(total=total if exact else round(total), count=count, note=None)
