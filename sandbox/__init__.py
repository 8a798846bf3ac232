"""Stateful stand-ins of gateways and helpdesks, for the demo and the tests. Nothing of Counterfoil is imported here."""
