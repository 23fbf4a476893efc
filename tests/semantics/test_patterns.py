"""Regular expressions, LIKE and SIMILAR TO as PostgreSQL matches them."""

import random
from collections.abc import Iterator

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer
from ctb_audit.semantics.patterns import Untranslatable, full_match, like, search
from ctb_audit.semantics.probes import NOT_EMAILS, accepted_by, refused_by
from ctb_audit.semantics.regex import advanced, similar

HEIR = r"^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$"

MATCHES: tuple[tuple[str, str, bool], ...] = (
    (HEIR, "HEIR-2025-10-USER-AUTH-01", True),
    (HEIR, "HEIR-2025-10-USER-AUTH-01\n", False),  # $ is the very end
    (HEIR, "heir-2025-10-USER-AUTH-01", False),
    ("^a.c$", "a\nc", True),  # a point matches a newline
    ("(?n)^a.c$", "a\nc", False),
    ("(?n)^b$", "a\nb", True),
    ("^b$", "a\nb", False),
    ("[^a]", "\n", True),
    ("(?i)HEIR", "heir", True),
    ("[[:alpha:]]+[[:digit:]]", "ab1", True),
    (r"\mab\M", "x ab y", True),
    (r"\mab\M", "xab", False),
    (r"\yab\y", "ab", True),
    (r"\Aab\Z", "ab", True),
    ("a{2,3}b", "aab", True),
    ("^a{2}$", "aaa", False),
    ("^a{2,}$", "aaaa", True),
    ("a{x", "a{x", True),
    ("^a+?$", "aaa", True),
    ("[]a]", "]", True),
    ("[a-c-]", "-", True),
    (r"[\w-]+", "-", True),
    ("^(ab|cd)*$", "abcdab", True),
    ("^(?=.*x).{3}$", "axb", True),
    ("^(?!x)", "xa", False),
    ("(?<=a)b", "ab", True),
    ("***=a.b", "a.b", True),
    ("***=a.b", "axb", False),
    ("^$", "", True),
    ("|a", "zzz", True),
    (r"\x41", "A", True),
    (r"\u0041", "A", True),
    ("[[:<:]]a", "a", True),
)

REFUSED = (
    r"(.)\1",
    "(?x)a b",
    "[[.a.]]",
    "[[=a=]]",
    "*a",
    "a**",
    "(a",
    "a)",
    "[a",
    "a{3,1}",
    "a{256}",
)


@pytest.mark.parametrize(("pattern", "text", "expected"), MATCHES)
def test_search(pattern: str, text: str, expected: bool) -> None:
    assert search(advanced(pattern), text) is expected


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_is_not_translated_is_refused(pattern: str) -> None:
    with pytest.raises(Untranslatable):
        advanced(pattern)


def test_the_locale_decides_beyond_ascii() -> None:
    assert search(advanced(r"^\w$"), "é") is None
    assert search(advanced("^[a-z]$"), "é") is False
    assert search(advanced("É", ignore_case=True), "é") is None


def test_like_and_similar() -> None:
    assert search(like("a%"), "abc") is True
    assert search(like("a%"), "xabc") is False
    assert search(like("a_c"), "abc") is True
    assert search(like("A%", ignore_case=True), "abc") is True
    assert search(like(r"a\%"), "a%") is True
    assert search(like("a!%", escape="!"), "ab") is False
    with pytest.raises(Untranslatable):
        like("a\\")
    assert search(advanced(similar("(a|b)%")), "bcd") is True
    assert search(advanced(similar("a.")), "ab") is False


def test_no_pattern_runs_away() -> None:
    regex = advanced("^(a+)+$")
    assert search(regex, "a" * 200 + "b") is False
    assert full_match(regex, "a" * 200) is True


def test_probes_fit_their_pattern() -> None:
    regex = advanced(HEIR)
    assert all(full_match(regex, text) for text in accepted_by(HEIR))
    refused = refused_by(HEIR)
    assert len(refused) > 100
    assert not any(full_match(regex, text) for text in refused)
    first = accepted_by(HEIR)[0]
    expected = {"", first + "\n", first.lower(), first[:-1], first + "1", first[1:], "x" + first}
    assert expected <= set(refused)
    assert "user@@example.org" in NOT_EMAILS


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with (
        ScratchServer() as server,
        server.database() as url,
        psycopg.connect(url, autocommit=True) as opened,
    ):
        yield opened


ATOMS = (
    *("a", "b", "[ab]", "[^a]", r"\d", r"\w", r"\s", "[[:alpha:]]", "[[:digit:]x]", ".", "(a|b)"),
    *("(?:ab)", "^", "$", r"\.", "-", "[a-c-]", "[]a]", r"\m", r"\M", r"\y", "(?=a)", "(?!b)"),
)
QUANTIFIERS = ("", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?")


def _random_case(source: random.Random) -> tuple[str, str]:
    parts = (source.choice(ATOMS) + source.choice(QUANTIFIERS) for _ in range(source.randint(1, 5)))
    text = "".join(source.choice("aAbB1 .-\nx]c") for _ in range(source.randint(0, 6)))
    return "".join(parts), text


def test_random_patterns_match_as_on_the_server(connection: psycopg.Connection) -> None:
    source, compared, wrong = random.Random(7), 0, []
    while compared < 800:
        pattern, text = _random_case(source)
        try:
            mine = search(advanced(pattern), text)
        except Untranslatable:
            continue
        compared += 1
        row = connection.execute("SELECT %s::text ~ %s::text", (text, pattern)).fetchone()
        if row is None or row[0] is not mine:
            wrong.append((pattern, text))
    assert wrong == []
