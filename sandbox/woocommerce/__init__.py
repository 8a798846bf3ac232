"""A stateful stand-in of a shop with WooCommerce's REST API v3, for the demo and the tests. Imports nothing of ours."""
