"""The typed search attributes of our workflows: the one registry of their names.

They pass by the codec, so nothing personal may stand in them. Temporal's lists are for operators; the console
lists from Postgres.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey

JURISDICTION = SearchAttributeKey.for_keyword("Jurisdiction")
UNITS = SearchAttributeKey.for_keyword_list("Units")
STATUS = SearchAttributeKey.for_keyword("Status")
LAMP = SearchAttributeKey.for_keyword("Lamp")
DUE: SearchAttributeKey[datetime] = SearchAttributeKey.for_datetime("Due")

ALL: tuple[SearchAttributeKey[Any], ...] = (JURISDICTION, UNITS, STATUS, LAMP, DUE)

_INDEXED: Mapping[SearchAttributeIndexedValueType, IndexedValueType.ValueType] = {
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


async def faults(client: Client) -> list[str]:
    """What is wrong with the attributes of the client's namespace, one sentence each.

    Empty when all are there.
    """
    request = ListSearchAttributesRequest(namespace=client.namespace)
    found = (await client.operator_service.list_search_attributes(request)).custom_attributes
    sentences = []
    for key in ALL:
        if key.name not in found:
            sentences.append(f"search attribute {key.name} is missing")
        elif found[key.name] != _INDEXED[key.indexed_value_type]:
            sentences.append(f"search attribute {key.name} is not a {key.indexed_value_type.name}")
    return sentences


async def register(client: Client) -> None:
    """Adds what is missing to the client's namespace; doing it again changes nothing. Raises RPCError."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    found = (await client.operator_service.list_search_attributes(request)).custom_attributes
    missing = {key.name: _INDEXED[key.indexed_value_type] for key in ALL if key.name not in found}
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
