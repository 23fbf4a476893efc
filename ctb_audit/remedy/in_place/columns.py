"""Changes as text inside a CREATE TABLE: new elements, and clauses of columns that are there."""

from collections.abc import Iterator

from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import AddColumn, SetDefault, SetNotNull, WidenColumn
from ctb_audit.remedy.constraints import AddCheck, AddForeignKey, AddUnique
from ctb_audit.remedy.in_place.definition import Element
from ctb_audit.remedy.in_place.edits import Edit
from ctb_audit.remedy.in_place.style import Style
from ctb_audit.remedy.quoting import identifiers, relation

Constrains = AddCheck | AddForeignKey | AddUnique
Touches = SetDefault | SetNotNull | WidenColumn


def new_column(change: AddColumn, style: Style, *, default: bool) -> str:
    """The element of a new column; without `default` a statement gives it one afterwards."""
    rest = [style.type(change.type), style.sql("NOT NULL")]
    if default:
        rest.append(style.sql(f"DEFAULT {change.default}"))
    return style.column(change.column, " ".join(rest))


def new_constraint(change: Constrains, style: Style) -> str:
    match change:
        case AddUnique():
            columns = ", ".join(map(style.name, change.columns))
            body = style.sql(f"UNIQUE ({columns})")
        case AddForeignKey():
            target = f"{relation(change.target)} ({identifiers(change.target_columns)})"
            columns = ", ".join(map(style.name, change.columns))
            body = style.sql(f"FOREIGN KEY ({columns}) REFERENCES {target}")
        case AddCheck():
            body = style.sql(change.definition())
    return f"{style.sql('CONSTRAINT')} {style.name(change.name)} {body}"


def touched(element: Element, change: Change, style: Style) -> Iterator[Edit] | None:
    """The edits of a column that is there; None where its text does not hold what changes."""
    clauses = dict(element.clauses())
    match change:
        case SetNotNull() if "NULL" in clauses:
            start = clauses["NULL"][0].start
            return iter((Edit(start, start, style.sql("NOT ")),))
        case SetNotNull():
            return iter((_appended(element, style.sql("NOT NULL")),))
        case SetDefault() if "DEFAULT" in clauses:
            old = clauses["DEFAULT"]
            return iter((Edit(old[1].start, old[-1].end, style.sql(change.default)),))
        case SetDefault() if change.former is None:
            return iter((_appended(element, style.sql(f"DEFAULT {change.default}")),))
        case WidenColumn():
            return _widened(element, change)
    return None


def _appended(element: Element, clause: str) -> Edit:
    return Edit(element.end, element.end, f" {clause}")


def _widened(element: Element, change: WidenColumn) -> Iterator[Edit] | None:
    type_ = dict(element.clauses()).get("TYPE", ())
    numbers = [token for token in type_ if token.text.isdigit()]
    if len(numbers) != 1 or len(change.type.parameters) != 1:
        return None
    return iter((Edit(numbers[0].start, numbers[0].end, str(change.type.parameters[0])),))
