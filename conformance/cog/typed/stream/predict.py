"""Text that is streamed and joined."""

from cog import BasePredictor, ConcatenateIterator, Input


class Predictor(BasePredictor):
    def predict(
        self,
        prompt: str = Input(description="What is said again"),
        max_tokens: int = Input(description="How many words", default=8, ge=1, le=64),
    ) -> ConcatenateIterator[str]:
        for word in prompt.split()[:max_tokens]:
            yield f"{word} "
