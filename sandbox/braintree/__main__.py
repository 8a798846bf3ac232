"""`python -m sandbox.braintree --port N --state DIR`: run one stand-in of Braintree on 127.0.0.1."""

from sandbox.braintree.app import make_app
from sandbox.braintree.bulk import bulk_store
from sandbox.braintree.settings import from_environment
from sandbox.braintree.state import open_state
from sandbox.standin.command import parser, scope_of, serve


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    options = parser("braintree")
    options.add_argument("--bulk-charges", type=int, default=0, help="serve this many made-up sales from memory")
    wanted = options.parse_args(arguments)
    settings = from_environment(wanted.webhook_url, wanted.settle_after)
    is_bulk = wanted.bulk_charges > 0
    store = bulk_store(wanted.bulk_charges, wanted.today) if is_bulk else open_state(wanted.state, scope_of(wanted))
    serve(make_app(store, settings), "braintree", wanted.port)


if __name__ == "__main__":
    main()
