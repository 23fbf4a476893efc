"""The OpenAPI document. Requests are held to the very schemas that it shows."""

from collections.abc import Mapping
from typing import Any

from ctb_audit import __version__
from ctb_audit.service.paths import TARGET_PATTERN
from ctb_audit.standard import SEVERITIES

Schema = dict[str, Any]
HISTORY_LIMIT = 100
_TEXT: Schema = {"type": "string"}
_PAST_DAY: Schema = {"type": "string", "format": "date"}
_NAME: Schema = {
    "type": "string",
    "title": "name of at most 200 characters",
    "pattern": r"^[^\x00-\x1f\x7f]{1,200}(?![\s\S])",
}
_SCORE: Schema = {"type": "integer", "minimum": 0, "maximum": 100}

HISTORY_QUERY: Mapping[str, tuple[Schema, str]] = {
    "action": ({"type": "string", "enum": ["tag", "audit", "remediate"]}, "Only these runs."),
    "status": (
        {"type": "string", "enum": ["completed", "failed", "partial"]},
        "Only runs that ended like this.",
    ),
    "since": (_PAST_DAY, "From this day on (UTC)."),
    "until": (_PAST_DAY, "To the end of this day (UTC)."),
    "min_score": (_SCORE, "This score or more."),
    "max_score": (_SCORE, "This score or less."),
    "table": (_NAME, "Runs that judged this table, with its score."),
    "heir_id": (_NAME, "Runs asked for under this id, or the run whose row has it."),
    "repository": (_NAME, "A repository by its folder; default: the first."),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": HISTORY_LIMIT, "default": 50},
        "Runs on a page.",
    ),
    "before": (
        {"type": "string", "title": "log_id", "pattern": r"^[A-Za-z0-9_-]{1,50}(?![\s\S])"},
        "The `next` of the page before: runs older than this one.",
    ),
}


def request_schemas(heir_pattern: str) -> Mapping[str, Schema]:
    """The bodies of the three actions, by action."""
    heir: Schema = {
        "type": "string",
        "title": f"HEIR id: {heir_pattern.removeprefix('^').partition('(?![')[0]}",
        "pattern": heir_pattern,
        "description": "HEIR id the run is asked for under; it chooses the repository.",
        "examples": ["HEIR-2026-11-SYS-CTB-01"],
    }
    target: Schema = {
        "type": "string",
        "title": "path of a folder: relative, with / and without ..",
        "pattern": TARGET_PATTERN,
        "description": "Folder below the repository, `.` for all of it.",
        "examples": ["."],
    }
    dry: Schema = {
        "type": "boolean",
        "default": True,
        "description": "Plan and prove, write no migration and no row of the log.",
    }
    return {
        "tag": _object({"target_dir": target, "heir_id": heir}),
        "audit": _object({"heir_id": heir}),
        "remediate": _object({"dry_run": dry, "heir_id": heir}, required=("heir_id",)),
    }


def document(heir_pattern: str) -> Schema:
    """The whole document, OpenAPI 3.1."""
    bodies = request_schemas(heir_pattern)
    posts = {f"/api/ctb/{name}": {"post": _post(name)} for name in bodies}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ctb-audit",
            "version": __version__,
            "description": "Audits, tags and remediates repositories, and tells their history.",
        },
        "security": [{"bearer": []}, {"apiKey": []}],
        "paths": {
            **posts,
            "/api/ctb/history": {"get": _history()},
            "/api/health": {"get": _health()},
            "/api/openapi.json": {"get": _self()},
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
            "schemas": {
                **{f"{name.capitalize()}Request": body for name, body in bodies.items()},
                **_replies(),
            },
        },
    }


def _object(properties: Schema, required: tuple[str, ...] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        "additionalProperties": False,
    }


def _replies() -> Mapping[str, Schema]:
    common: Schema = {"report_path": _TEXT, "heir_id": _TEXT}
    success: Schema = {"type": "boolean"}
    issue: Schema = {
        "type": "object",
        "properties": {
            "severity": {"type": "string", "enum": list(SEVERITIES)},
            "message": _TEXT,
            "rule": _TEXT,
            "fingerprint": _TEXT,
        },
        "required": ["severity", "message", "rule", "fingerprint"],
    }
    score: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": 100}
    grades = ["EXCELLENT", "GOOD", "NEEDS WORK", "FAIL", None]
    done: Schema = {"type": "array", "items": _TEXT}
    return {
        "TagReply": _object(
            {"success": success, "tagged_files": {"type": "integer", "minimum": 0}, **common}
        ),
        "AuditReply": _object(
            {
                "success": success,
                "compliance_score": score,
                "status": {"type": ["string", "null"], "enum": grades},
                "issues": {"type": "array", "items": issue},
                **common,
            }
        ),
        "RemediateReply": _object({"success": success, "actions_performed": done, **common}),
        "HistoryReply": _history_reply(),
        "HealthReply": _health_reply(),
        "ErrorReply": _error_reply(),
    }


def _history_reply() -> Schema:
    run = {"type": "object", "required": ["log_id", "heir_id", "at", "action", "status", "score"]}
    return _object(
        {
            "success": {"type": "boolean"},
            "repository": _TEXT,
            "count": {"type": "integer", "minimum": 0},
            "runs": {"type": "array", "items": run},
            "next": {"type": ["string", "null"]},
        }
    )


def _health_reply() -> Schema:
    return _object(
        {
            "status": {"type": "string", "enum": ["healthy", "degraded"]},
            "timestamp": {"type": "string", "format": "date-time"},
            "version": _TEXT,
            "services": {"type": "object", "additionalProperties": _TEXT},
        }
    )


def _error_reply() -> Schema:
    error = _object(
        {
            "code": _TEXT,
            "message": _TEXT,
            "details": {"type": "object", "additionalProperties": _TEXT},
        }
    )
    return _object(
        {
            "success": {"const": False},
            "error": error,
            "heir_id": {"type": ["string", "null"]},
            "timestamp": {"type": "string", "format": "date-time"},
        }
    )


# ---- operations ---------------------------------------------------------------------------------

_SUMMARIES = {
    "tag": "Write and refresh the CTB headers of a folder.",
    "audit": "Judge the schemas of a repository.",
    "remediate": "Write migrations that repair what an audit finds, once they are proven.",
}
_ERRORS: Mapping[str, str] = {
    "400": "The Host header names another host.",
    "401": "No valid API key.",
    "404": "No such repository, folder or run.",
    "408": "The body came too slowly.",
    "409": "The repository cannot be worked on as it is; the message says why.",
    "413": "The body is too large.",
    "415": "The body is not application/json.",
    "422": "The request does not hold what it must; `details` says which field.",
    "429": "Too many requests of this key, or too many jobs waiting.",
    "500": "The run broke; the log has the row.",
    "503": "The service stops, or its log cannot be read.",
}


def _post(name: str) -> Schema:
    schema = name.capitalize()
    return {
        "operationId": name,
        "summary": _SUMMARIES[name],
        "requestBody": {"required": True, "content": _json(f"{schema}Request")},
        "responses": _responses(f"{schema}Reply", tuple(_ERRORS)),
    }


def _history() -> Schema:
    parameters = [
        {"name": name, "in": "query", "schema": schema, "description": text}
        for name, (schema, text) in HISTORY_QUERY.items()
    ]
    return {
        "operationId": "history",
        "summary": "Runs that the compliance log holds, the newest first.",
        "parameters": parameters,
        "responses": _responses(
            "HistoryReply", ("400", "401", "404", "409", "422", "429", "500", "503")
        ),
    }


def _health() -> Schema:
    responses = _responses("HealthReply", ("400",))
    responses["503"] = {"description": _ERRORS["503"], "content": _json("HealthReply")}
    return {
        "operationId": "health",
        "summary": "Whether the service and its logs work.",
        "security": [],
        "responses": responses,
    }


def _self() -> Schema:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "This document.",
        "security": [],
        "responses": {
            "200": {"description": "The document.", "content": content},
            "400": {"description": _ERRORS["400"], "content": _json("ErrorReply")},
        },
    }


def _responses(reply: str, errors: tuple[str, ...]) -> Schema:
    found: Schema = {"200": {"description": "Done.", "content": _json(reply)}}
    for status in errors:
        found[status] = {"description": _ERRORS[status], "content": _json("ErrorReply")}
    if "401" in found:
        found["401"]["headers"] = {"WWW-Authenticate": {"schema": _TEXT, "required": True}}
    if "429" in found:
        found["429"]["headers"] = {
            "Retry-After": {"schema": {"type": "string", "pattern": "^[0-9]+$"}, "required": True}
        }
    return found


def _json(schema: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
