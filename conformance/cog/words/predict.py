"""Repeats the words of a prompt: streams them, with a delay, and fails, as the input says."""

import time

from cog import BasePredictor, ConcatenateIterator, Input


class Predictor(BasePredictor):
    def predict(
        self,
        prompt: str = Input(description="Text that is repeated, word by word"),
        times: int = Input(description="Number of repetitions", default=1, ge=1, le=100),
        delay: float = Input(description="Seconds before each word", default=0.0),
        fail: bool = Input(description="Whether the prediction fails at the end", default=False),
    ) -> ConcatenateIterator[str]:
        print("Speaking")
        for _ in range(times):
            for word in prompt.split():
                time.sleep(delay)
                yield f"{word} "
        if fail:
            raise ValueError("out of words")
