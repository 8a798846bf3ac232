"""A stand-in of Stripe's API v1 with books of its own: `python -m sandbox.stripe --port N --state DIR`."""
