"""`python -m sandbox.custom --port 8437 --state DIR`."""

from sandbox.custom.api import DEFAULTS, make_api
from sandbox.standin.command import run

if __name__ == "__main__":
    run("custom", make_api, DEFAULTS)
