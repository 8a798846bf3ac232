"""`python -m sandbox.paypal --port N --state DIR`: run one stand-in of PayPal on 127.0.0.1."""

from sandbox.paypal.app import make_app
from sandbox.paypal.settings import from_environment
from sandbox.paypal.state import open_state
from sandbox.standin.command import parser, scope_of, serve


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    wanted = parser("paypal").parse_args(arguments)
    settings = from_environment(wanted.webhook_url, wanted.settle_after)
    store = open_state(wanted.state, scope_of(wanted))
    serve(make_app(store, settings), "paypal", wanted.port)


if __name__ == "__main__":
    main()
