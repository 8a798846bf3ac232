"""Recurly's errors: `{"error": {"type", "message", "params"}}`. Types are those of its OpenAPI document.

Texts of refusals that no public source shows are our own.
"""

from typing import Any

from sandbox.standin.messages import Answer, Turned, answer


def error(
    status: int, kind: str, message: str, *params: str, headers: dict[str, str] | None = None, **more: Any
) -> Answer:
    """An error answer; `params` name the parameters that it is about, `more` stands beside them."""
    named = [{"param": name} for name in params]
    return answer(status, {"error": {"type": kind, "message": message, "params": named, **more}}, headers)


def not_found(noun: str, wanted: str) -> Turned:
    """404 for an object that does not exist."""
    message = f"Couldn't find {noun.capitalize()} with id = {wanted}"
    return Turned(error(404, "not_found", message, f"{noun}_id"))


def invalid(message: str, *params: str) -> Turned:
    """422: the request was understood and cannot be done."""
    return Turned(error(422, "validation", message, *params))


def bad_request(message: str, *params: str) -> Turned:
    """400: a parameter that is not known, or cannot be read."""
    return Turned(error(400, "bad_request", message, *params))
