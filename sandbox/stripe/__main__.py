"""`python -m sandbox.stripe --port N --state DIR`: run one stand-in of Stripe on 127.0.0.1."""

from sandbox.standin.command import parser, scope_of, serve
from sandbox.stripe.app import make_app
from sandbox.stripe.bulk import bulk_store
from sandbox.stripe.settings import from_environment
from sandbox.stripe.state import open_state


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    options = parser("stripe")
    options.add_argument("--webhook-secret")
    options.add_argument("--bulk-charges", type=int, default=0, help="serve this many made-up charges from memory")
    wanted = options.parse_args(arguments)
    settings = from_environment(wanted.webhook_url, wanted.webhook_secret, wanted.settle_after)
    is_bulk = wanted.bulk_charges > 0
    store = bulk_store(wanted.bulk_charges, wanted.today) if is_bulk else open_state(wanted.state, scope_of(wanted))
    serve(make_app(store, settings), "stripe", wanted.port)


if __name__ == "__main__":
    main()
