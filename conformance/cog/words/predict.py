"""Says words again: streams, takes its time, fails, as it is told."""

import time

from cog import BasePredictor, ConcatenateIterator, Input


class Predictor(BasePredictor):
    def predict(
        self,
        prompt: str = Input(description="What is said again, word by word"),
        times: int = Input(description="How often it is said", default=1, ge=1, le=100),
        delay: float = Input(description="Seconds before each word", default=0.0),
        fail: bool = Input(description="Whether it fails in the end", default=False),
    ) -> ConcatenateIterator[str]:
        print("Speaking")
        for _ in range(times):
            for word in prompt.split():
                time.sleep(delay)
                yield f"{word} "
        if fail:
            raise ValueError("out of words")
