"""One function per kind of Stripe object, with every key that API 2025-10-29.clover and later answers with."""
