"""BigQuery's API resources as the model's tables and views."""

from collections.abc import Iterator
from typing import Any

from ctb_audit.model import Column, Constraint, Location, Name, Table, Type, View
from ctb_audit.semantics.types import bigquery_type


def table_of(found: Any, name: Name, location: Location) -> Table:
    """A table, with the keys that BigQuery states and does not enforce."""
    return Table(
        system="bigquery",
        schema=name.schema or "",
        name=name.name,
        columns=tuple(_column(f, location) for f in found.schema),
        constraints=tuple(_constraints(found, location)),
        partition_by=_partition(found),
        kind="foreign" if found.table_type == "EXTERNAL" else "ordinary",
        options=_options(found),
        comment=found.description,
        row_estimate=found.num_rows,
        location=location,
    )


def view_of(found: Any, name: Name, location: Location) -> View:
    materialized = found.table_type == "MATERIALIZED_VIEW"
    query = found.mview_query if materialized else found.view_query
    return View(
        schema=name.schema or "",
        name=name.name,
        definition=query or "",
        columns=tuple(f.name for f in found.schema),
        materialized=materialized,
        comment=found.description,
        system="bigquery",
        location=location,
    )


def _column(field: Any, location: Location) -> Column:
    known = bigquery_type(field.field_type) or (field.field_type, "unknown")
    repeated = field.mode == "REPEATED"
    type_ = Type(known[0], known[1], _parameters(field), int(repeated), field.field_type)
    return Column(
        name=field.name,
        type=type_,
        nullable=field.mode != "REQUIRED" and not repeated,
        default=field.default_value_expression,
        comment=field.description,
        fields=tuple(_column(f, location) for f in field.fields),
        location=location,
    )


def _parameters(field: Any) -> tuple[int, ...]:
    numbers = (field.max_length, field.precision, field.scale)
    return tuple(int(n) for n in numbers if n is not None)


def _constraints(found: Any, location: Location) -> Iterator[Constraint]:
    held = found.table_constraints
    if held is None:
        return
    if held.primary_key is not None and held.primary_key.columns:
        columns = tuple(held.primary_key.columns)
        yield Constraint("primary key", columns=columns, enforced=False, location=location)
    for key in held.foreign_keys or ():
        pairs = key.column_references
        target = key.referenced_table
        yield Constraint(
            "foreign key",
            name=key.name or "",
            columns=tuple(p.referencing_column for p in pairs),
            target=Name(target.dataset_id, target.table_id),
            target_columns=tuple(p.referenced_column for p in pairs),
            enforced=False,
            location=location,
        )


def _partition(found: Any) -> str | None:
    if found.time_partitioning is not None:
        column = found.time_partitioning.field or "_PARTITIONTIME"
        return f"{found.time_partitioning.type_} ({column})"
    if found.range_partitioning is not None:
        return f"RANGE ({found.range_partitioning.field})"
    return None


def _options(found: Any) -> tuple[tuple[str, str], ...]:
    options = dict(sorted((found.labels or {}).items()))
    if found.clustering_fields:
        options["cluster_by"] = ",".join(found.clustering_fields)
    return tuple(options.items())
