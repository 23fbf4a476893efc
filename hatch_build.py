"""Compiles the rules into JSON when a wheel is built: a start must not parse 90 TOML files."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from ctb_audit.rulebook.files import compile_folder
        finally:
            sys.path.remove(str(root))
        self._folder = tempfile.TemporaryDirectory(prefix="ctb-rules-")
        for name, content in compile_folder(root / "rules").items():
            path = Path(self._folder.name, name)
            text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
            path.write_text(text, encoding="utf-8")
            build_data["force_include"][str(path)] = f"ctb_audit/_data/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
