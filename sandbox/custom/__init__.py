"""A company's own endpoint as docs/custom-gateway.md describes it: signed, idempotent, with books of its own."""
