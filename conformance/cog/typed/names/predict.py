"""Inputs whose names are keywords of Rust, collide, or are not ASCII; an object with files."""

import tempfile
from typing import List, Optional

from cog import BaseModel, BasePredictor, Input, Path


class Output(BaseModel):
    type: str
    file: Path
    more: Optional[List[Path]]


class Predictor(BasePredictor):
    def predict(
        self,
        type: str = Input(description="A keyword", default="a"),
        self_: int = Input(description="Another one", default=1),
        match: bool = Input(description="A third", default=False, deprecated=True),
        camelCase: str = Input(description="In another style", default=""),
        camel_case: str = Input(description="That collides", default=""),
        größe: int = Input(description="Größe in Pixeln", default=3, ge=1),
        input: str = Input(description="The name of the whole", default=""),
        client: str = Input(description="A name that the code uses", default=""),
    ) -> Output:
        path = Path(tempfile.mkdtemp()) / "out.txt"
        path.write_text(type)
        return Output(type=type, file=path, more=None)
