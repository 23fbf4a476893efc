"""What PostgreSQL 18 made of an example, kept beside it so that a test without a server knows it.

A recording holds every fact that the server read back and every statement that it refused. Where
the replay spells a fact otherwise and the server settled that both are one, its spelling is held
too. Facts that say nothing (no comment, no default) are left out.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fidelity.facts import UNKNOWN, Key, Sql, facts
from tests.fidelity.fidelity import Outcome

MAJOR = 18
EXAMPLES = sorted(Path(__file__).with_name("examples").glob("*.sql"))

Said = dict[str, object]
_REFUSED = re.compile(r"^psql:<stdin>:(\d+): ERROR:  (.*)$", re.MULTILINE)
_NOTHING: tuple[object, ...] = (None, "", False, [], "None", [False, False])


@dataclass(frozen=True, slots=True)
class Recording:
    """`facts`: as the server reads them back; `spelled`: those that the replay says otherwise;
    `refused`: the last line of each statement that the server refused, and its message.
    """

    facts: Said
    spelled: Said
    refused: list[tuple[int, str]]

    @property
    def replayed(self) -> Said:
        """The facts as the replay has to say them."""
        return self.facts | self.spelled

    def __str__(self) -> str:
        return (
            f'{{"server": {MAJOR},\n"facts": {{\n{_lines(self.facts)}\n}},\n'
            f'"spelled": {{\n{_lines(self.spelled)}\n}},\n'
            f'"refused": [\n{_joined(map(_json, self.refused))}\n]}}\n'
        )


def _lines(said: Said) -> str:
    return _joined(f"{_json(key)}: {_json(said[key])}" for key in sorted(said))


def _joined(lines: Iterable[str]) -> str:
    return ",\n".join(lines)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def path_of(example: Path) -> Path:
    return example.parents[1] / "recorded" / f"{example.stem}.json"


def recorded(example: Path) -> Recording:
    value = json.loads(path_of(example).read_text())
    refused = [(line, message) for line, message in value["refused"]]
    return Recording(value["facts"], value["spelled"], refused)


def recording(outcome: Outcome) -> Recording:
    """Of a comparison that found no difference."""
    live, replayed = said(facts(outcome.live)), said(facts(outcome.replayed))
    spelled = {key: value for key, value in replayed.items() if live.get(key) != value}
    refused = [(int(line), message) for line, message in _REFUSED.findall(outcome.errors)]
    return Recording(live, spelled, refused)


def said(found: Mapping[Key, object]) -> Said:
    """Facts as JSON holds them, without those that say nothing."""
    values = {" / ".join(key): _plain(value) for key, value in found.items()}
    return {key: value for key, value in values.items() if value not in _NOTHING}


def _plain(value: object) -> object:
    if value is UNKNOWN:
        return "UNKNOWN"
    if isinstance(value, Sql):
        return value.text
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
