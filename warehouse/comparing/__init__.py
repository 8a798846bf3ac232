"""Comparing what we know with an export of another system, before anything is switched over."""
