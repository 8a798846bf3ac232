"""A stand-in of Braintree's XML API with books of its own: `python -m sandbox.braintree --port N --state DIR`."""
