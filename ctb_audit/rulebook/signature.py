"""Holds a rule's `check` and `params` to the signature of the registered check."""

import inspect
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ctb_audit.errors import ConfigurationError
from ctb_audit.rulebook.make import frozen
from ctb_audit.wording import did_you_mean

_NOUNS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "a list",
    Mapping: "a table",
}


def check_parameters(place: str, check: str, params: Mapping[str, Any]) -> None:
    """Raises ConfigurationError where no such check is registered, where it does not take a
    parameter or a value, or where it needs one that is not given.
    """
    from ctb_audit.checks import PROJECT_REGISTRY, REGISTRY

    functions = [known[check] for known in (REGISTRY, PROJECT_REGISTRY) if check in known]
    if not functions:
        suggestion = did_you_mean(check, (*REGISTRY, *PROJECT_REGISTRY))
        raise ConfigurationError(f"{place}: check", f"no such check: {check}{suggestion}")
    for function in functions:
        _check_function(f"{place}: params", check, function, params)


def _check_function(
    place: str, check: str, function: Callable[..., Any], params: Mapping[str, Any]
) -> None:
    wanted = parameters(function)
    hints = get_type_hints(function)
    for name, value in params.items():
        if name not in wanted:
            problem = f"check {check} takes no such parameter{did_you_mean(name, wanted)}"
            raise ConfigurationError(f"{place}.{name}", problem)
        if not accepts(hints.get(name, Any), frozen(value)):
            problem = f"must be {described(hints[name])}, not {value!r}"
            raise ConfigurationError(f"{place}.{name}", problem)
    for name, parameter in wanted.items():
        if parameter.default is inspect.Parameter.empty and name not in params:
            raise ConfigurationError(f"{place}.{name}", f"check {check} needs it")


def parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """The keyword-only parameters of a check: what a rule may set."""
    found = inspect.signature(function).parameters
    return {n: p for n, p in found.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}


def accepts(hint: Any, value: Any) -> bool:
    """True if a value read from TOML has the annotated type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value in args
    if origin in (Union, UnionType):
        return any(accepts(arg, value) for arg in args)
    if origin is tuple:
        return isinstance(value, tuple) and _items(args, value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, Mapping) and all(accepts(args[1], v) for v in value.values())
    return hint is Any or type(value) is hint or (hint is float and type(value) is int)


def described(hint: Any) -> str:
    """The annotated type in words."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "one of " + ", ".join(map(str, args))
    if origin in (Union, UnionType):
        return " or ".join(described(arg) for arg in args if arg is not type(None))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "a table"
    return _NOUNS.get(origin or hint, str(hint))


def _items(args: tuple[Any, ...], value: tuple[Any, ...]) -> bool:
    if len(args) == 2 and args[1] is Ellipsis:
        return all(accepts(args[0], v) for v in value)
    return len(args) == len(value) and all(map(accepts, args, value))
