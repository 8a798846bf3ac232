"""Errors in Stripe's shape. Texts and codes follow https://docs.stripe.com/error-codes and answers seen in the wild.

StripeError
├── Invalid    the request is wrong; nothing began, so the idempotency layer keeps nothing
├── Refused    execution began and was refused; the idempotency layer keeps and replays it
└── Declined   the bank said no; the attempt itself is kept, and the answer replayed
"""

from sandbox.stripe.wire import Json

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer with an `error` object. `status` is the HTTP status."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body = _body(message, kind, code, param)


class Invalid(StripeError):
    """The request itself is wrong."""


class Refused(StripeError):
    """The request was understood, and the object's state forbids it."""


class Declined(StripeError):
    """A card error, 402. `error` is the intent's last payment error; both stand in the answer, as Stripe has it."""

    def __init__(self, error: Json, intent: Json | None = None) -> None:
        super().__init__(str(error["message"]), status=402, kind="card_error", code=str(error["code"]))
        self.body["error"].update(
            {name: error[name] for name in ("charge", "decline_code", "payment_method") if name in error}
        )
        if intent is not None:
            self.body["error"]["payment_intent"] = intent


def _body(message: str, kind: str, code: str | None, param: str | None) -> Json:
    error: Json = {"code": code, "doc_url": None, "message": message, "param": param, "type": kind}
    if code:
        error["doc_url"] = DOCS + code.replace("_", "-")
    # Stripe leaves out what is null in an error.
    return {"error": {name: value for name, value in error.items() if value is not None}}


def no_such(noun: str, wanted: str, *, param: str = "id", status: int = 404) -> Refused:
    """`resource_missing`, as for a charge that does not exist."""
    return Refused(f"No such {noun}: '{wanted}'", status=status, code="resource_missing", param=param)


def unknown_url(method: str, path: str) -> Invalid:
    """The answer to a route that Stripe does not have."""
    return Invalid(
        f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at "
        "https://support.stripe.com/.",
        status=404,
    )


def unknown_parameter(name: str) -> Invalid:
    """A parameter that the route does not take."""
    return Invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def missing_parameter(name: str) -> Invalid:
    """A parameter that the route needs."""
    return Invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)


def server_error() -> Json:
    """The body of a 500."""
    return _body("An unknown error occurred", "api_error", None, None)


def rate_limited() -> Json:
    """The body of a 429."""
    return _body(
        "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
        "invalid_request_error",
        "rate_limit",
        None,
    )
