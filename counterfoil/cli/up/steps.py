"""Show the steps of long work: what runs, how long it took, and which one failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


class StepFailed(RuntimeError):
    """A step of the main job failed; the text begins with its name."""


class Steps:
    """A list of steps with their seconds. On a terminal the running one shows a spinner."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time one step and say how it ended."""
        began = time.monotonic()
        try:
            with self.console.status(f"{name} …") as status:
                step = Step(lambda text: status.update(f"{name}: {text}"))
                yield step
        except Exception as error:
            self.console.print(f"[red]✗[/] {name}: {error}", highlight=False)
            raise StepFailed(f"{name}: {error}") from error
        taken = time.monotonic() - began
        self.seconds[name] = round(taken, 1)
        detail = f" — {step.result}" if step.result else ""
        self.console.print(f"[green]✓[/] {name}{detail} [dim]({taken:.1f} s)[/]", highlight=False)


class Step:
    """What a running step says of itself."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.show = show
        """Replace the text beside the spinner."""
        self.result = ""
        """One short phrase, shown when the step is done."""
