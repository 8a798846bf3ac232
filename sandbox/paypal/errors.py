"""PayPal's refusals, with its own words. The issues and their texts are those of its OpenAPI documents."""

from sandbox.stripe.wire import Json

MESSAGES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid authentication credentials.",
    ),
    403: ("NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    429: ("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred."),
    503: ("SERVICE_UNAVAILABLE", "Service Unavailable."),
}
ISSUES = {
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and try again.",
    "PERMISSION_DENIED": "You do not have permission to access or perform operations on this resource.",
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture",
    "REFUND_NOT_ALLOWED": "Capture cannot be refunded.",
    "REFUND_TIME_LIMIT_EXCEEDED": "You are over the time limit to perform a refund on this capture",
    "REFUND_AMOUNT_EXCEEDED": (
        "The refund amount must be less than or equal to the capture amount that has not yet been refunded."
    ),
    "PENDING_CAPTURE": (
        "Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has funded "
        "the transaction using e-check/bank funded."
    ),
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": (
        "Refunds are not allowed on this capture due to a chargeback on the card or bank. Please contact the payee to "
        "resolve the chargeback."
    ),
    "TRANSACTION_DISPUTED": (
        "Partial refunds cannot be offered at this time because there is an open case on this transaction. Visit the "
        "PayPal Resolution Center to review this case."
    ),
    "DUPLICATE_INVOICE_ID": "Invoice ID was previously used to refund a capture.",
    "CANNOT_BE_ZERO_OR_NEGATIVE": (
        "Must be greater than zero. If the currency supports decimals, only two decimal place precision is supported."
    ),
    "DECIMAL_PRECISION": "If the currency supports decimals, only two decimal place precision is supported.",
    "DECIMALS_NOT_SUPPORTED": (
        "Currency does not support decimals. Please refer to "
        "https://developer.paypal.com/docs/api/reference/currency-codes/ for more information."
    ),
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "The value of a field is invalid.",
    "INVALID_STRING_MAX_LENGTH": "The value of a field is too long.",
    "INVALID_STRING_LENGTH": "The value of a field is either too short or too long.",
    "MISSING_REQUIRED_PARAMETER": "A required field / parameter is missing.",
    "AUTHORIZATION_VOIDED": "A voided authorization cannot be captured or reauthorized. ",
    "AUTHORIZATION_ALREADY_CAPTURED": "Authorization has previously been captured.",
    "AUTHORIZATION_EXPIRED": "An expired authorization cannot be captured.",
    "AUTH_CAPTURE_CURRENCY_MISMATCH": "Currency of capture must be the same as currency of authorization.",
    "MAX_CAPTURE_AMOUNT_EXCEEDED": (
        "Capture amount exceeds allowable limit. Please contact customer service or your account manager to request "
        "the change to your overage limit. The default overage limit is 115%, which allows the sum of all captures to "
        "be up to 115% of the order amount. The ability to over capture is subjected to regulatory approvals."
    ),
    "PREVIOUSLY_CAPTURED": "Authorization has been previously captured and hence cannot be voided.",
    "PREVIOUSLY_VOIDED": "Authorization has been previously voided and hence cannot be voided again.",
    "AUTHORIZATION_DENIED": "An denied authorization cannot be captured.",
    "ORDER_NOT_APPROVED": (
        "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url "
        "returned as part of the HATEOAS links within the Create Order call or provide a valid `payment_source` in the "
        "request."
    ),
    "ORDER_ALREADY_CAPTURED": "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
    "ORDER_ALREADY_AUTHORIZED": (
        "Order already authorized.If 'intent=AUTHORIZE' only one authorization per order is allowed."
    ),
    "TOKEN_ID_NOT_FOUND": "Specified token was not found. Verify the token and try the request again.",
    "PAYER_CANNOT_PAY": (
        "Payer cannot pay for this transaction. Please contact the payer to find other ways to pay for this "
        "transaction."
    ),
    "INVALID_CURRENCY_CODE": (
        "Currency code is invalid or is not currently supported. Please refer "
        "https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported currency codes."
    ),
    "SUBSCRIPTION_STATUS_INVALID": (
        "Invalid subscription status for {verb} action; subscription status should be {wanted}."
    ),
    "PLAN_PRODUCT_NOT_COMPATIBLE": "The old and the new plans should be for the same product.",
    "CANNOT_REMIND_INVOICE": (
        "You cannot remind an invoice which is in DRAFT status. Only UNPAID, SENT and PARTIALLY_PAID invoices can be "
        "reminded."
    ),
    "CANNOT_SEND_INVOICE": "Only a draft invoice can be sent.",
    "RESULTSET_TOO_LARGE": (
        "Result set size is greater than the maximum limit. Change the filter criteria and try again."
    ),
    "NO_DATA_YET": "Data for the given start date is not available.",
    "SPAN_TOO_LONG": "Date range is greater than 31 days",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
}


class PayPalError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, issue: str | None = None, *, field: str | None = None, **words: str) -> None:
        super().__init__(issue or str(status))
        self.status = status
        self.body = body(status, issue, field=field, **words)


def body(status: int, issue: str | None = None, *, field: str | None = None, **words: str) -> Json:
    """PayPal's error object; `words` stand where the text of an issue has places for them."""
    name, message = MESSAGES[status]
    found: Json = {"name": name, "message": message, "debug_id": "f0e1d2c3b4a59", "links": []}
    if issue is not None:
        detail = {"issue": issue, "description": ISSUES[issue].format(**words) if words else ISSUES[issue]}
        found["details"] = [{**detail, "field": field, "location": "body"} if field else detail]
    return found


def unknown() -> PayPalError:
    """The answer for an id that does not exist."""
    return PayPalError(404, "INVALID_RESOURCE_ID")
