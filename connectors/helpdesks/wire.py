"""HTTP and JSON to a helpdesk: what `connectors.http` brings, and the statuses that all helpdesks mean alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from connectors.errors import GatewayError, NotAuthorised, ObjectUnknown, RequestInvalid, Unavailable
from connectors.failures import Failures
from connectors.gateway import AccountAccess
from connectors.helpdesks.helpdesk import HelpdeskAccess
from connectors.http import Connection, Params, Received

TIMEOUT_S = 15.0
TRIES = 3
MOVED = (301, 302, 307, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """One successful answer, or one that says where the object went (`location`)."""

    data: Any
    headers: Mapping[str, str]
    location: str = ""


class Wire:
    """The connection of one helpdesk. Reads are repeated a few times, writes are sent once."""

    def __init__(
        self,
        access: HelpdeskAccess,
        failures: Failures,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._failures = failures
        self._connection = Connection(
            AccountAccess(access.settings.name, access.settings.api_base, access.api_key),
            failures,
            timeout_s=timeout_s,
            headers={"Accept": "application/json", **(headers or {})},
            auth=auth,
            tries=TRIES,
            longest_pause_s=10.0,
            sleep=sleep,
        )
        self.client = self._connection.client
        self.sleep = sleep
        self.close = self._connection.close

    def get(self, path: str, params: Params | None = None) -> Answer:
        """Read. Raises ObjectUnknown for what is not there."""
        return self._connection.patiently(lambda: self._once("GET", path, params, None, is_write=False))

    def find(self, path: str, body: Mapping[str, object]) -> Answer:
        """Read by POST, as searches are."""
        return self._connection.patiently(lambda: self._once("POST", path, None, body, is_write=False))

    def post(self, path: str, body: Mapping[str, object], *, headers: Mapping[str, str] | None = None) -> Answer:
        """Write, once. Raises OutcomeUnknown where it may have had its effect."""
        return self._once("POST", path, None, body, is_write=True, headers=headers)

    def put(self, path: str, body: Mapping[str, object]) -> Answer:
        """Change, once. Raises OutcomeUnknown where it may have had its effect."""
        return self._once("PUT", path, None, body, is_write=True)

    def _once(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: Mapping[str, object] | None,
        *,
        is_write: bool,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        request = self.client.build_request(
            method,
            path,
            params=dict(params) if params else None,
            content=None if body is None else orjson.dumps(body),
            headers={**(headers or {}), **({} if body is None else {"Content-Type": "application/json"})},
        )
        return self._read(self._connection.send(request, is_write=is_write), is_write)

    def _read(self, received: Received, is_write: bool) -> Answer:
        if received.status in MOVED:
            return Answer(None, received.headers, received.headers.get("location", ""))
        data = received.json()
        if received.is_success and (data is not None or not received.body.strip()):
            return Answer(data, received.headers)
        raise self._failure(received, data, is_write)

    def _failure(self, received: Received, data: object, is_write: bool) -> GatewayError:
        name, status = self._failures.subject, received.status
        said = self._failures.scrub(orjson.dumps(data).decode()) if data is not None else ""
        if status == 429:
            return self._failures.too_many(received.headers)
        if status >= 500:
            return self._failures.of_server(status, is_write=is_write)
        if status == 401:
            return NotAuthorised(f"{name} does not accept the API key: it is wrong, or was taken back.")
        if status == 403:
            return NotAuthorised(f"The API key may not do this. {name} says: {said}")
        if status in (404, 410):
            return ObjectUnknown(f"{name} does not know it; it may have been deleted.")
        if status == 409:
            return Unavailable(f"{name} was just changing the same object; nothing was written.")
        if 400 <= status < 500 and data is not None:
            return RequestInvalid(f"{name} refused it: {said}", code=str(status))
        return self._failures.unreadable(status, is_write=is_write)


def path_of(location: str) -> str:
    """The path of an address that an answer names; hosts are not followed, so that the key stays where it belongs."""
    return httpx.URL(location).raw_path.decode() if location else ""
