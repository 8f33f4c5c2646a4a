"""What a bench remembers: answers by all that they rest on, as long as that pays."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

ENTRIES = 2_048
"""How many answers are kept before a memory begins anew."""

TRIALS = 512
"""After how many questions a memory that answers fewer than one in three is given up."""

Answer = TypeVar("Answer")


class Memory(Generic[Answer]):
    """Answers by their key.  ``helps`` is False once it has turned out that nearly all keys are new."""

    __slots__ = ("_answers", "_asked", "_found", "helps")

    def __init__(self) -> None:
        self._answers: dict[Hashable, Answer] = {}
        self._asked = 0
        self._found = 0
        self.helps = True

    def get(self, key: Hashable) -> Answer | None:
        """The answer kept for a key, None where there is none."""
        answer = self._answers.get(key)
        self._asked += 1
        if answer is not None:
            self._found += 1
        elif self._asked >= TRIALS:
            if self._found * 3 < self._asked:
                self.helps = False
                self._answers.clear()
            self._asked = self._found = 0
        return answer

    def keep(self, key: Hashable, answer: Answer) -> None:
        """Keep an answer."""
        if len(self._answers) >= ENTRIES:
            self._answers.clear()
        self._answers[key] = answer
