"""Holds OpenLineage events, one a line on standard input, to the project's own client.

Its classes are made from the official JSON Schemas. Every object of an event is made into the class
that stands for it there: a field that the class lacks, a required one that is absent, a value of another
type and a facet that belongs elsewhere are faults, and so is whatever the client would write otherwise
(the addresses of the schemas in their current versions among it).

Prints how many events were read; ends with 1 and the fault otherwise.
"""

import enum
import json
import sys
import types
import typing
import uuid
from datetime import datetime
from urllib.parse import urlsplit

import attr
from openlineage.client import facet_v2 as facets
from openlineage.client.event_v2 import RunEvent
from openlineage.client.generated import base
from openlineage.client.serde import Serde


@attr.define
class Event:
    seq: int
    digest: str


@attr.define
class RevocationRunFacet(base.RunFacet):
    """A facet of our own, as the client's users write theirs."""

    event: Event = attr.field()
    at: str = attr.field()
    by: list[str] = attr.field()
    role: str = attr.field()
    reason: str = attr.field()
    countsAs: str | None = attr.field(default=None)  # noqa: N815


# Keys of facets stand in the schemas, and nowhere in the client.
FACETS = {
    "version": facets.dataset_version_dataset.DatasetVersionDatasetFacet,
    "dataQualityAssertions": facets.data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet,
    "driftgate_revocation": RevocationRunFacet,
    "sourceCodeLocation": facets.source_code_location_job.SourceCodeLocationJobFacet,
}
# Their values the client takes from its own class, whatever is given.
SCHEMA = {"schemaURL", "_schemaURL"}


class Fault(Exception):
    pass


def made(wanted, value, where: str):
    """The value as the client's own."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        # All unions here are of a type and none; none is never written.
        return made(next(one for one in arguments if one is not type(None)), value, where)
    if origin is list:
        checked(value, list, where)
        return [made(arguments[0], item, f"{where}[{place}]") for place, item in enumerate(value)]
    if origin is dict:
        checked(value, dict, where)
        return {key: made(facet(key, arguments[1], where), item, f"{where}.{key}") for key, item in value.items()}
    if attr.has(wanted):
        return instance(wanted, value, where)
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return wanted(value)
    checked(value, wanted, where)
    return value


def facet(key: str, kind, where: str):
    found = FACETS.get(key)
    if found is None or not issubclass(found, kind):
        raise Fault(f"{where}: no {kind.__name__} is called {key}")
    return found


def checked(value, kind, where: str) -> None:
    if type(value) is not kind:
        raise Fault(f"{where}: expected {kind.__name__}, found {value!r}")


def instance(wanted, value, where: str):
    checked(value, dict, where)
    hints = typing.get_type_hints(wanted, vars(sys.modules[wanted.__module__]) | vars(base))
    fields = {field.name: field for field in attr.fields(wanted)}
    if unknown := value.keys() - fields.keys():
        raise Fault(f"{where}: {wanted.__name__} has no {', '.join(sorted(unknown))}")
    given = {
        fields[key].alias: made(hints[key], item, f"{where}.{key}")
        for key, item in value.items()
        if key not in SCHEMA
    }
    try:
        return wanted(**given)
    except (TypeError, ValueError) as fault:
        raise Fault(f"{where}: {fault}") from fault


def full(value):
    """Without what says nothing: the client writes empty collections, and we do not."""
    if isinstance(value, dict):
        items = {key: full(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in (None, {}, [])}
    return [full(item) for item in value] if isinstance(value, list) else value


def formats(value, where: str) -> None:
    """What the schemas demand of texts, and the client hardly looks at."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        place = f"{where}.{key}"
        if isinstance(item, dict | list):
            formats(item, place)
        elif key in SCHEMA or key in ("producer", "_producer", "url"):
            if not urlsplit(item).scheme or not item.isascii() or " " in item:
                raise Fault(f"{place}: expected a URI, found {item!r}")
        elif key == "runId" and str(uuid.UUID(item)) != item:
            raise Fault(f"{place}: expected a UUID, found {item!r}")
        elif key == "eventTime" and datetime.fromisoformat(item).tzinfo is None:
            raise Fault(f"{place}: expected an instant, found {item!r}")


def confirm(event) -> None:
    try:
        written = json.loads(Serde.to_json(made(RunEvent, event, "event")))
    except ValueError as fault:
        raise Fault(f"event: {fault}") from fault
    if full(written) != full(event):
        raise Fault(f"event: the client writes {full(written)}, not {full(event)}")
    formats(event, "event")


count = 0
try:
    for line in sys.stdin:
        confirm(json.loads(line))
        count += 1
except Fault as fault:
    sys.exit(f"no OpenLineage: {fault}")
print(count)
