"""`python -m sandbox.woocommerce --port 8434 --state DIR`."""

from sandbox.standin.command import run
from sandbox.woocommerce.api import DEFAULTS, make_api

if __name__ == "__main__":
    run("woocommerce", make_api, DEFAULTS)
