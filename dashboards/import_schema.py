"""The JSON schema (2020-12) of an importable object, made from the resource's columns, for senders to check against."""

from __future__ import annotations

from typing import Any

from connectors.currencies import EXPONENTS
from connectors.gateway import Column, Resource
from dashboards.import_rows import DAY, DECIMAL, ID, LARGEST, LONGEST_TEXT, MOST_ENTRIES, MOST_ROWS, TEXT, TIME

Json = dict[str, Any]


def schema_of(resource: Resource) -> Json:
    """The schema of one batch."""
    own: Json = {
        "id": {"type": "string", "pattern": ID, "not": {"enum": [".", ".."]}},
        "object": {"const": resource.object_type},
        "deleted": {"type": "boolean"},
    }
    is_gone = {"properties": {"deleted": {"const": True}}, "required": ["deleted"]}
    whole = {"required": ["id", *_required(resource.columns)], **_values_of(resource.columns)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": resource.name,
        "type": "array",
        "minItems": 1,
        "maxItems": MOST_ROWS,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["id"],
            "properties": own | _properties(resource.columns),
            # What is deleted needs nothing but its id.
            "if": is_gone,
            "else": whole,
        },
    }


def _required(columns: tuple[Column, ...]) -> list[str]:
    return [column.name for column in columns if column.is_required]


def _values_of(columns: tuple[Column, ...]) -> Json:
    """That a required field is not null either."""
    return {"properties": {name: {"not": {"type": "null"}} for name in _required(columns)}}


def _properties(columns: tuple[Column, ...]) -> Json:
    return {column.name: {"anyOf": [_value(column), {"type": "null"}]} for column in columns}


def _value(column: Column) -> Json:
    if column.allowed is not None:
        return {"enum": sorted(column.allowed)}
    match column.kind:
        case "bigint":
            return {
                "type": "integer",
                "minimum": -LARGEST if column.at_least is None else column.at_least,
                "maximum": LARGEST,
            }
        case "bool":
            return {"type": "boolean"}
        case "iso_time":
            return {"type": "string", "format": "date-time", "pattern": TIME}
        case "currency":
            return {"enum": sorted(EXPONENTS)}
        case "decimal":
            return {"type": "string", "pattern": DECIMAL}
        case "json":
            return {"type": "array", "maxItems": MOST_ENTRIES, "items": _entry(column)}
        case _ if column.name.endswith("_on"):
            return {"type": "string", "format": "date", "pattern": DAY}
        case _:
            least = 1 if column.is_required else 0
            return {"type": "string", "minLength": least, "maxLength": LONGEST_TEXT, "pattern": TEXT}


def _entry(column: Column) -> Json:
    if not column.entries:
        return {"type": "string", "pattern": ID}
    required = _required(column.entries)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": _properties(column.entries),
        "allOf": [_values_of(column.entries)],
    }
