"""Form and query parameters in Stripe's bracket notation, and typed reading of them."""

import hashlib
from collections.abc import Collection
from urllib.parse import parse_qsl

from sandbox.stripe.errors import Invalid, unknown_parameter
from sandbox.stripe.wire import Json

MAX_METADATA_KEYS = 50


def parse(encoded: bytes) -> Json:
    """`a[b]=1&c[]=2` as {"a": {"b": "1"}, "c": ["2"]}; leaves are strings, indexed lists are lists."""
    tree: Json = {}
    pairs = parse_qsl(encoded.decode("utf-8", "replace"), keep_blank_values=True)
    for number, (name, value) in enumerate(pairs):
        _plant(tree, _steps(name), value, number)
    # Metadata may well have digits for keys; it is never a list.
    return {name: value if name == "metadata" else _lists(value) for name, value in tree.items()}


def fingerprint(params: Json) -> str:
    """A digest of the parameters that does not depend on their order."""
    return hashlib.sha256(repr(_ordered(params)).encode()).hexdigest()


def only(params: Json, known: Collection[str]) -> None:
    """Refuse the first parameter that is not among `known`."""
    for name in params:
        if name not in known:
            raise unknown_parameter(name)


def integer(params: Json, name: str, *, least: int | None = None) -> int | None:
    """A whole number, or None where it was not sent."""
    if name not in params:
        return None
    return whole(params[name], name, least=least)


def whole(text: object, name: str, *, least: int | None = None) -> int:
    """`text` as a whole number."""
    digits = text.lstrip("-") if isinstance(text, str) else ""
    if not isinstance(text, str) or not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
        raise Invalid(f"Invalid integer: {text}", code="parameter_invalid_integer", param=name)
    if least is not None and int(text) < least:
        message = f"This value must be greater than or equal to {least}."
        raise Invalid(message, code="parameter_invalid_integer", param=name)
    return int(text)


def boolean(params: Json, name: str) -> bool | None:
    """`true` or `false`, or None where it was not sent."""
    value = params.get(name)
    if value not in (None, "true", "false"):
        raise Invalid(f"Invalid boolean: {value}", param=name)
    return None if value is None else value == "true"


def string(params: Json, name: str) -> str | None:
    """A string that is not empty, or None where it was not sent."""
    value = params.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid(f"Invalid string: {value}", param=name)
    if not value:
        message = f"You passed an empty string for '{name}'."
        raise Invalid(message, code="parameter_invalid_empty", param=name)
    return value


def metadata(params: Json, before: dict[str, str]) -> dict[str, str]:
    """`before` with the sent metadata merged in; an empty value unsets its key, an empty metadata all of them."""
    sent = params.get("metadata")
    if sent is None:
        return before
    if sent == "":
        return {}
    if not isinstance(sent, dict):
        raise Invalid("Invalid object", param="metadata")
    for name, value in sent.items():
        _check_metadata(name, value)
    merged = {name: value for name, value in {**before, **sent}.items() if value != ""}
    if len(merged) > MAX_METADATA_KEYS:
        raise Invalid("Metadata can have up to 50 keys.", param="metadata")
    return merged


def _check_metadata(name: str, value: object) -> None:
    if len(name) > 40:
        raise Invalid("Metadata keys must be under 40 characters.", param=f"metadata[{name}]")
    if not isinstance(value, str) or len(value) > 500:
        raise Invalid("Metadata values must be strings under 500 characters.", param=f"metadata[{name}]")


def _steps(name: str) -> list[str]:
    head, *rest = name.split("[")
    return [head, *(part.rstrip("]") for part in rest)]


def _plant(tree: Json, steps: list[str], value: str, number: int) -> None:
    for step in steps[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise Invalid(f"Invalid hash: {step}", param=step)
        tree = below
    # `c[]` has no index of its own: the pair's number keeps the order.
    tree[steps[-1] or str(number)] = value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _lists(below) for name, below in value.items()}


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return sorted((name, _ordered(below)) for name, below in value.items())
    return [_ordered(below) for below in value] if isinstance(value, list) else value
