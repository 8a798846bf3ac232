"""A stateful stand-in of Recurly's API v2021-02-25, for the demo and the tests. Imports nothing of Counterfoil."""
