"""What the kill test needs beside the stand of actions: a Prefect server that is started again, and what was asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.actions import ACTIONS, Action
from counterfoil.approvals import sign_approval
from counterfoil.requests import ActionRequest, new_request_id
from sandbox.standin.running import Served
from tests.actions.stand import Stand, answers, deploy, environment, free_port, make_stand, process, wait_for
from tests.connectors.scenes import ActionScene
from tests.long.kill_scenes import every_scene

WITHOUT_TRACE = {("paypal", "change_plan")}
"""PayPal does not show that a payer was asked: nobody could tell whether it was twice."""
NOT_FOR_AGENTS = {"authorize"}
LEASE_S = 2.0
CONCURRENCY = 12
PATIENCE_S = 180
"""Whoever asks here waits longer for a busy server than a page would."""


class Server:
    """Prefect's, on one port and one database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._stack = ExitStack()

    def start(self) -> None:
        """Start it and wait until it answers."""
        arguments = ["counterfoil.prefect_server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        log = self._folder / "prefect.log"
        self._stack.enter_context(process(arguments, environment(self._folder, self.port), log))
        wait_for("the Prefect server", lambda: answers(f"http://127.0.0.1:{self.port}/api/health"), 600)

    def stop(self) -> None:
        """End it; its database stays."""
        self._stack.close()


@dataclass
class Trial:
    """One action that was in flight when something broke."""

    run_id: str
    wish: ActionRequest
    action: Action
    scene: ActionScene
    told: str = ""
    """What became of it, as its last run says; empty until it is over."""


@dataclass
class Danger:
    """The stand with every gateway, and all that was asked of it."""

    stand: Stand
    server: Server
    stand_ins: list[Served[Any, Any]]
    scenes: list[ActionScene]
    dice: random.Random
    trials: list[Trial] = field(default_factory=list)

    def ask(self, gateway: str = "", name: str = "") -> Trial:
        """Queue an action that nobody asked for yet, of any gateway; now and then the request is delivered twice."""
        while True:
            scene = self.dice.choice([one for one in self.scenes if gateway in ("", one.gateway.name)])
            offered = sorted(set(scene.gateway.capabilities.actions) - NOT_FOR_AGENTS)
            chosen = name or self.dice.choice(["refund", *offered])
            action = None if (scene.gateway.name, chosen) in WITHOUT_TRACE else scene.object_for(chosen)
            if action is not None:
                break
        wish = self.stand.asking(action)
        run_id = self.stand.submit(wish)
        if self.dice.random() < 0.2:
            assert self.stand.submit(wish) == run_id, "one request is one run, however often it is delivered"
        self.trials.append(Trial(run_id, wish, action, scene))
        return self.trials[-1]

    def calm(self) -> None:
        """Take back the failures that nobody met: what is set up next must not meet them."""
        for one in self.stand_ins:
            one.control("DELETE", "faults")

    def approve_what_waits(self) -> None:
        """A lead says yes to every action that was suspended."""
        for trial in self.trials:
            run = None if trial.told else self.stand.queue.run(trial.run_id)
            preview = self.stand.queue.preview(trial.run_id) if run and run.state_type == "PAUSED" else None
            if preview is not None:
                approval = self.stand.approval(preview)
                self.stand.queue.approve(trial.run_id, approval, sign_approval(approval, self.stand.key))

    def look(self) -> None:
        """Note what is over."""
        for trial in self.trials:
            run = None if trial.told else self.stand.queue.current(trial.wish.request_id)
            if run is not None and run.is_finished and run.state_name != "Pending":
                trial.told = run.state_name

    def sweep(self) -> None:
        """Queue a look at what is pending, as the schedule does every minute."""
        made = self.stand.queue.create_run("settle/settle", {}, key=f"sweep-{new_request_id()}", tags=[])
        self.stand.queue.nudge(made.run_id)


@contextmanager
def danger(folder: Path, seed: int) -> Iterator[Danger]:
    """A server, the stand-ins of all gateways, and nobody who works yet."""
    with every_scene(folder) as (stripe, others_here, scenes):
        server = Server(folder)
        server.start()
        try:
            deploy(f"http://127.0.0.1:{server.port}/api")
            others = [scene.access for scene in scenes if scene.gateway.name != "stripe"]
            stand = make_stand(
                folder,
                server.port,
                stripe,
                others=others,
                lease_s=LEASE_S,
                concurrency=CONCURRENCY,
                patience_s=PATIENCE_S,
            )
            yield Danger(stand, server, [stripe, *others_here], scenes, random.Random(seed))
        finally:
            server.stop()


assert {name for _, name in WITHOUT_TRACE} | NOT_FOR_AGENTS <= set(ACTIONS)
