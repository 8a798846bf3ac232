"""What a site grows on."""

from dataclasses import dataclass
from random import Random

from sandbox.recurly.billing import Books
from sandbox.standin.messages import Json


@dataclass
class Ground:
    """What everything grows on; times in seconds."""

    books: Books
    rng: Random
    start: int
    end: int
    goods: dict[str, Json]
