"""Errors as WordPress writes them: `{"code", "message", "data": {"status"}}`."""

from typing import Any

from sandbox.standin.messages import Answer, Turned, answer


def error(status: int, code: str, message: str, **data: Any) -> Answer:
    """An error answer."""
    return answer(status, {"code": code, "message": message, "data": {"status": status, **data}})


def no_route() -> Turned:
    """404 for an address that the API does not have."""
    return Turned(error(404, "rest_no_route", "No route was found matching the URL and request method."))


def invalid_param(name: str, why: str) -> Turned:
    """400 for a parameter that is not what it must be."""
    return Turned(error(400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: why}))


def missing(name: str) -> Turned:
    """400 for a parameter that is not there."""
    return Turned(error(400, "rest_missing_callback_param", f"Missing parameter(s): {name}", params=[name]))


def not_made(message: str) -> Turned:
    """The 500 of a shop that could not refund, whatever the reason."""
    return Turned(error(500, "woocommerce_rest_cannot_create_order_refund", message))
