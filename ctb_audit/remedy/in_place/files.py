"""Source files as bytes and text, so that what is not edited is written as it was read."""

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ctb_audit.errors import IncompleteError, SourceError
from ctb_audit.sources.files import decode
from ctb_audit.whole_file import write_whole

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STEP = "nothing is changed; see to the file and run it again"


class WriteError(IncompleteError):
    """A file that cannot be written; all files are as they were."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`shown` is its path in messages, `mark` its byte order mark, `text` what follows that."""

    path: Path
    shown: str
    data: bytes
    mark: bytes
    encoding: str
    text: str

    @classmethod
    def read(cls, path: Path, shown: str) -> "SourceFile":
        """Raises SourceError where the file cannot be read, or not be written back unchanged."""
        try:
            path = path.resolve(strict=True)
            data = path.read_bytes()
        except OSError as error:
            problem = f"cannot be read: {error.strerror}"
            raise SourceError(shown, problem, "check its permissions") from None
        mark, encoding = next(((m, e) for m, e in _MARKS if data.startswith(m)), (b"", "utf-8"))
        text = decode(data, shown)
        for candidate in (encoding, "latin-1"):
            file = cls(path, shown, data, mark, candidate, text)
            if file.encoded(text) == data:
                return file
        raise SourceError(shown, "mixes encodings, so it cannot be edited", "save it as UTF-8")

    def encoded(self, text: str) -> bytes | None:
        """The file's bytes with another text; None where its encoding cannot say it."""
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError:
            return None


def find(shown: str, folders: Iterable[Path]) -> Path | None:
    """The file that sources call `shown`, below one of the folders that they were read from."""
    return next((p for folder in folders if (p := folder / shown).is_file()), None)


def write_all(files: Mapping[SourceFile, str]) -> None:
    """Every file with its new text, or none.

    Raises WriteError where one was changed meanwhile or cannot be written; what was written of
    the others is taken back first, on an interruption too.
    """
    contents = {file: _content(file, text) for file, text in files.items()}
    done: list[SourceFile] = []
    try:
        for file, content in contents.items():
            done.append(file)
            write_whole(file.path, content, durable=True)
    except BaseException as error:
        for file in done:
            if _present(file) != file.data:
                write_whole(file.path, file.data, durable=True)
        if isinstance(error, OSError):
            problem = f"cannot be written: {error.strerror}"
            raise WriteError(done[-1].shown, problem, _STEP) from None
        raise


def _content(file: SourceFile, text: str) -> bytes:
    content = file.encoded(text)
    if content is None:
        raise WriteError(file.shown, f"is {file.encoding}, which lacks a character", _STEP)
    if _present(file) != file.data:
        raise WriteError(file.shown, "was changed while it was edited", _STEP)
    return content


def _present(file: SourceFile) -> bytes | None:
    try:
        return file.path.read_bytes()
    except OSError:
        return None
