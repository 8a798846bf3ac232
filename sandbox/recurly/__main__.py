"""`python -m sandbox.recurly --port 8435 --state DIR`."""

from sandbox.recurly.api import DEFAULTS, make_api
from sandbox.standin.command import run

if __name__ == "__main__":
    run("recurly", make_api, DEFAULTS)
