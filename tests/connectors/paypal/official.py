"""PayPal's own OpenAPI documents as judges of what is asked and answered.

The documents are not part of the repository; where they are missing, the tests that need them skip, saying so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator
from referencing import Registry
from referencing.jsonschema import DRAFT4

FOLDER = Path(__file__).parents[4] / "shared" / "gateway_data" / "paypal"
UNDOCUMENTED = ("/v1/oauth2/token", "/v1/catalogs/products", "/_sandbox", "/healthz", "/v1/notifications/certs/")
"""Addresses that none of the documents in that folder describes."""
WRONG_PATTERNS = {("/v1/notifications/webhooks-events/{event_id}", "event_id")}
"""Path parameters whose pattern PayPal's own ids break: an event's id has dashes."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    query: bytes
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes
    answer_headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class Official:
    """All documents together."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._documents = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
        self._checkers: dict[tuple[int, Any], Any] = {}

    @cached_property
    def _registry(self) -> Registry[Any]:
        pairs = [(f"urn:{name}", DRAFT4.create_resource(document)) for name, document in self._documents.items()]
        return Registry().with_resources(pairs)

    def faults(self, exchange: Exchange) -> list[str]:
        """What the documents have against an exchange; empty where all is well."""
        if exchange.path.startswith(UNDOCUMENTED) or "x-sandbox-fault" in exchange.answer_headers:
            return []
        found = self._operation(exchange)
        if found is None:
            return [f"{exchange}: no document has this address"]
        name, template, operation, places = found
        return [
            *(f"{exchange}: {fault}" for fault in self._in_parameters(name, template, operation, exchange, places)),
            *(f"{exchange}: request: {fault}" for fault in self._in_request(name, operation, exchange)),
            *(f"{exchange}: answer: {fault}" for fault in self._in_answer(name, operation, exchange)),
        ]

    def _operation(self, exchange: Exchange) -> tuple[str, str, dict[str, Any], dict[str, str]] | None:
        for name, document in self._documents.items():
            for template, operations in document["paths"].items():
                pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
                match = re.fullmatch(pattern, exchange.path)
                if match and exchange.method.lower() in operations:
                    return name, template, operations[exchange.method.lower()], match.groupdict()
        return None

    def _in_parameters(
        self, name: str, template: str, operation: dict[str, Any], exchange: Exchange, places: dict[str, str]
    ) -> Iterator[str]:
        query = dict(parse_qsl(exchange.query.decode()))
        declared = [self._resolved(name, parameter) for parameter in operation.get("parameters", ())]
        known = {parameter["name"] for parameter in declared if parameter["in"] == "query"}
        # PayPal's list of events pages with a link, whose parameter its document leaves out.
        yield from (f"{one} is no parameter" for one in query.keys() - known - {"next_page_token"})
        where = {"query": query, "path": places, "header": exchange.headers}
        for parameter in declared:
            sent = where[parameter["in"]].get(
                parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
            )
            if sent is None:
                if parameter.get("required"):
                    yield f"{parameter['name']} is missing"
            elif (template, parameter["name"]) not in WRONG_PATTERNS:
                value = _typed(sent, parameter["schema"].get("type"))
                yield from self._against(name, parameter["schema"], value, OAS30WriteValidator)

    def _in_request(self, name: str, operation: dict[str, Any], exchange: Exchange) -> Iterator[str]:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if not exchange.body:
            return
        if content is None:
            yield "a body was sent where none is documented"
            return
        if exchange.headers.get("content-type") != "application/json":
            yield "the body is not said to be JSON"
        yield from self._against(name, content["schema"], json.loads(exchange.body), OAS30WriteValidator)

    def _in_answer(self, name: str, operation: dict[str, Any], exchange: Exchange) -> Iterator[str]:
        documented = operation["responses"].get(str(exchange.status), operation["responses"].get("default"))
        if documented is None:
            yield "the status is not documented"
            return
        content = self._resolved(name, documented).get("content", {}).get("application/json")
        if content is not None:
            yield from self._against(name, content["schema"], json.loads(exchange.answer), OAS30ReadValidator)
        elif exchange.answer and exchange.status < 400:
            yield "a body was answered where none is documented"

    def _against(self, name: str, schema: dict[str, Any], value: Any, validator: Any) -> Iterator[str]:
        # The documents stay in memory, so that a schema's identity is its name.
        key = (id(schema), validator)
        if key not in self._checkers:
            self._checkers[key] = validator(_anchored(schema, name), registry=self._registry)
        checker = self._checkers[key]
        for error in checker.iter_errors(value):
            place = "/".join(str(part) for part in error.absolute_path)
            yield f"{place or 'it'}: {error.message[:300]}"

    def _resolved(self, name: str, part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in part:
            return part
        found: Any = self._documents[name]
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)


def _anchored(schema: Any, name: str) -> Any:
    """References inside a piece of a document lead into that document."""
    if isinstance(schema, dict):
        return {
            key: f"urn:{name}{value}" if key == "$ref" and isinstance(value, str) else _anchored(value, name)
            for key, value in schema.items()
        }
    return [_anchored(part, name) for part in schema] if isinstance(schema, list) else schema


def _typed(sent: str, kind: str | None) -> object:
    """Parameters are texts; the document says what they stand for."""
    if kind == "integer" and re.fullmatch(r"-?\d+", sent):
        return int(sent)
    if kind == "boolean" and sent in {"true", "false"}:
        return sent == "true"
    return sent


class Recorder:
    """An ASGI application around another one that keeps every exchange."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.exchanges: list[Exchange] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked: list[bytes] = []
        answered: list[Any] = []

        async def hear() -> Any:
            message = await receive()
            asked.append(message.get("body", b""))
            return message

        class Speaker:
            """Has `__self__`, as the stand-in cuts a connection through the server's own object."""

            __self__ = getattr(send, "__self__", None)

            async def __call__(self, message: Any) -> None:
                answered.append(message)
                await send(message)

        await self.app(scope, hear, Speaker())
        if answered:
            self.exchanges.append(_exchange(scope, b"".join(asked), answered))


def _exchange(scope: Any, body: bytes, answered: list[Any]) -> Exchange:
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
    shown = {name.decode().lower(): value.decode("latin-1") for name, value in answered[0].get("headers", ())}
    answer = b"".join(message.get("body", b"") for message in answered)
    return Exchange(
        scope["method"], scope["path"], scope["query_string"], headers, body, answered[0]["status"], answer, shown
    )
