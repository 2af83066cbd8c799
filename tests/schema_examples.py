"""Values that fit a JSON schema, made from it."""

from collections.abc import Mapping
from typing import Any


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """The least that fits a schema."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return example(options[0], schemas)
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", [])
            return {name: example(schema["properties"][name], schemas) for name in wanted}
        case "array":
            return [example(schema["items"], schemas)] * schema.get("minItems", 0)
        case "string" if schema.get("format") == "date-time":
            return "2026-11-20T10:00:00+08:00"
        case "string" if schema.get("format") == "date":
            return "2026-11-20"
        case "string" if schema.get("format") == "uuid":
            return "01890000-0000-7000-8000-000000000000"
        case "string":
            return "a" * max(schema.get("minLength", 1), 4)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    raise AssertionError(f"no example for {schema}")
