"""What both Google clients are told: how long a call may last, and whom the calls come from.

Their own defaults retry for ten minutes; here a call is given up after `CALL_SECONDS`, all of its
tries together after `TOTAL_SECONDS`, and the whole reading after `LOST_CALLS` such calls in a row.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ctb_audit.errors import SourceError

CALL_SECONDS = 20.0
TOTAL_SECONDS = 60.0
LOST_CALLS = 3
GIVEN_UP = "left out: the service stopped answering"
SCOPES = ("https://www.googleapis.com/auth/cloud-platform.read-only",)


def retry_for(seconds: float) -> Any:
    """Tries again after what passes by itself (throttling, 5xx, a cut connection)."""
    import requests.exceptions
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    passing = if_exception_type(
        exceptions.TooManyRequests,
        exceptions.ServerError,
        ConnectionError,
        requests.exceptions.ConnectionError,
        requests.exceptions.Timeout,
    )
    return Retry(predicate=passing, initial=0.2, maximum=5.0, multiplier=2.0, timeout=seconds)


@dataclass
class Patience:
    """When to stop asking: `LOST_CALLS` calls in a row that got no answer are an outage, and each
    of the thousands that may follow would wait as long.
    """

    lost: int = 0

    def note(self, error: Exception | None) -> None:
        """A call that was answered, refused included, or `error` where none came."""
        self.lost = self.lost + 1 if error is not None and not _is_answer(error) else 0

    @property
    def is_over(self) -> bool:
        return self.lost >= LOST_CALLS


def _is_answer(error: Exception) -> bool:
    from google.api_core import exceptions

    passing = isinstance(error, exceptions.TooManyRequests | exceptions.RetryError)
    return isinstance(error, exceptions.ClientError) and not passing


def credentials(
    environment: Mapping[str, str], *, path: str = "", email: str = "", key: str = ""
) -> Any:
    """Credentials from a service account's file or parts, by the variables that name them; None
    for the machine's own. SourceError where a variable holds none.
    """
    from google.oauth2 import service_account

    maker: Any = service_account.Credentials
    if environment.get(email) and environment.get(key):
        info = {
            "type": "service_account",
            "client_email": environment[email],
            "private_key": environment[key].replace("\\n", "\n"),
            "token_uri": "https://oauth2.googleapis.com/token",
        }
        place = f"{email} and {key}"
        return _made(lambda: maker.from_service_account_info(info, scopes=SCOPES), place)
    file = environment.get(path, "")
    if file:
        return _made(lambda: maker.from_service_account_file(file, scopes=SCOPES), path)
    return None


def _made(make: Any, place: str) -> Any:
    try:
        return make()
    except (OSError, ValueError, KeyError, json.JSONDecodeError):
        step = "point it to the JSON key of a service account"
        raise SourceError(place, "holds no service account", step) from None


def refusal(place: str, error: Exception) -> SourceError:
    """A client's error as ours; no message of a server reaches it, only what kind it is."""
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    if isinstance(error, exceptions.Forbidden | exceptions.Unauthorized):
        return SourceError(place, "refuses access", "give the account a viewer's role")
    if isinstance(error, exceptions.NotFound):
        return SourceError(place, "does not exist", "check the project and its spelling")
    if isinstance(error, GoogleAuthError):
        return SourceError(place, "has no usable credentials", "see docs/other-systems.md")
    if isinstance(error, exceptions.ClientError):
        return SourceError(place, f"refuses the request ({type(error).__name__})", "check the URL")
    return SourceError(
        place, f"could not be read within {TOTAL_SECONDS:.0f} s", "try again when it answers"
    )


def installed(module: str, extra: str) -> Any:
    """The client's module; SourceError where the extra is not installed."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError:
        step = f"pip install 'ctb-audit[{extra}]'"
        raise SourceError(f"{extra}://", "needs a client that is not installed", step) from None


def project_url(variable: str, value: str) -> str:
    """The URL of what a variable of the organisation names; `value` itself for any other."""
    if variable == "BIGQUERY_PROJECT_ID" and "://" not in value:
        return f"bigquery://{value}/{os.environ.get('BIGQUERY_DATASET', '')}"
    if variable == "FIREBASE_PROJECT_ID" and "://" not in value:
        return f"firestore://{value}"
    return value


def environment() -> Mapping[str, str]:
    return os.environ
