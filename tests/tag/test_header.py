"""Byte for byte: a header goes in, and out again, of every kind of file."""

import ast
import json
import tomllib
from xml.etree import ElementTree as ET

import pytest

from ctb_audit.tag import Header, Untaggable, headers_of, retagged, syntax_of, untagged
from ctb_audit.tag.syntax import Syntax

HEADER = Header("1.0", "data", "tables", "HEIR-2026-11-DATA-TABLES-01")
OTHER = Header("1.1", "docs", "guides", "HEIR-2026-12-DOCS-GUIDES-02")

FILES: dict[str, bytes] = {
    "plain.py": b'"""Text."""\nX = 1\n',
    "script.py": b"#!/usr/bin/env python3\n# -*- coding: latin-1 -*-\nX = '\xe9'\n",
    "second.py": b"# a comment\n# coding: latin-1\nX = '\xe9'\n",
    "run.sh": b"#!/bin/sh\nset -e\necho hello",
    "values.yaml": b"---\na: 1\n",
    "cloud.yaml": b"#cloud-config\npackages: []\n",
    "conf.toml": b'[a]\r\nb = "c"\r\n',
    "app.ts": b"\xef\xbb\xbfexport const a = 1;\r\nexport const b = 2;",
    "jest.test.ts": b"/**\n * @jest-environment jsdom\n */\ntest;\n",
    "main.go": b"// Package main does it.\npackage main\n",
    "table.sql": b"CREATE TABLE t (a text DEFAULT '\xe9');\n",
    "change.sql": b"--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n",
    "page.html": b"<!DOCTYPE html>\n<html></html>\n",
    "data.xml": b"<?xml version='1.0'\n encoding='UTF-8'?>\n<a><b/></a>\n",
    "style.css": b'@charset "utf-8";\na { color: red }\n',
    "guide.md": b"# CTB Metadata\n\nHow headers look.\n",
    "front.md": b"---\ntitle: x\n---\n\n# Title\n",
    "old-mac.py": b"A = 1\rB = 2\r",
    "blank.py": b"\n\nA = 1\n",
    "Dockerfile": b"# syntax=docker/dockerfile:1\nFROM scratch\n",
    "Makefile": b"all:\n\techo\n",
    "page.php": b"<?php\n\nnamespace A;\n",
    "strict.php": b"#!/usr/bin/env php\n<?php declare(strict_types=1); // all of it\necho 1;\n",
    "directive.js": b'"use strict";\nlet a = 1;\n',
    "client.tsx": b'"use client"\n\nexport default 1\n',
    "Package.swift": b"// swift-tools-version:5.9\nimport PackageDescription\n",
    "site.scss": b'---\n---\n@import "a";\n',
    "page.vue": b"<template>\n  <a/>\n</template>\n",
    "build.go": b"//go:build linux\n\npackage main\n",
    "model.rb": b"# frozen_string_literal: true\n\nclass A; end\n",
}


def syntax(name: str) -> Syntax:
    found = syntax_of(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_other_byte_stays(name: str) -> None:
    before = FILES[name]
    after = retagged(before, syntax(name), HEADER)
    assert after != before
    assert untagged(after, syntax(name)) == before
    assert headers_of(after, syntax(name)) == (HEADER,)
    size = len(after) - len(before)
    assert any(after[:n] + after[n + size :] == before for n in range(len(before) + 1))


@pytest.mark.parametrize("name", FILES)
def test_a_second_run_changes_nothing_and_a_refresh_the_header_alone(name: str) -> None:
    once = retagged(FILES[name], syntax(name), HEADER)
    assert retagged(once, syntax(name), HEADER) == once
    other = retagged(once, syntax(name), OTHER)
    assert headers_of(other, syntax(name)) == (OTHER,)
    assert untagged(other, syntax(name)) == FILES[name]


@pytest.mark.parametrize("name", ["plain.py", "script.py", "second.py", "blank.py"])
def test_python_still_parses_to_the_same(name: str) -> None:
    after = retagged(FILES[name], syntax(name), HEADER)
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(FILES[name]))


def test_toml_and_xml_still_parse() -> None:
    toml = retagged(FILES["conf.toml"], syntax("conf.toml"), HEADER)
    assert tomllib.loads(toml.decode()) == {"a": {"b": "c"}}
    assert ET.fromstring(retagged(FILES["data.xml"], syntax("data.xml"), HEADER)).tag == "a"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("script.py", b"#!/usr/bin/env python3\n# -*- coding: latin-1 -*-\n# CTB Metadata\n"),
        ("cloud.yaml", b"#cloud-config\n# CTB Metadata\n"),
        ("app.ts", b"\xef\xbb\xbf// CTB Metadata\r\n"),
        ("jest.test.ts", b"/**\n * @jest-environment jsdom\n */\n// CTB Metadata\n"),
        ("change.sql", b"--liquibase formatted sql\n-- CTB Metadata\n"),
        ("page.html", b"<!DOCTYPE html>\n<!--\nCTB Metadata\n"),
        ("style.css", b'@charset "utf-8";\n/*\nCTB Metadata\n'),
        ("front.md", b"---\ntitle: x\n---\n<!--\nCTB Metadata\n"),
        ("Dockerfile", b"# syntax=docker/dockerfile:1\n# CTB Metadata\n"),
        ("old-mac.py", b"# CTB Metadata\r# CTB Version"),
        ("page.php", b"<?php\n// CTB Metadata\n"),
        ("strict.php", b"#!/usr/bin/env php\n<?php declare(strict_types=1); // all of it\n// CTB"),
        ("directive.js", b"// CTB Metadata\n"),
        ("Package.swift", b"// swift-tools-version:5.9\n// CTB Metadata\n"),
        ("site.scss", b"---\n---\n/*\nCTB Metadata\n"),
    ],
)
def test_what_must_stay_first_does(name: str, first: bytes) -> None:
    assert retagged(FILES[name], syntax(name), HEADER).startswith(first)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.py", b"\x7fELF\0\0", "binary"),
        ("a.sql", "SELECT 1".encode("utf-16"), "UTF-16"),
        ("a.py", b"", "empty"),
        ("a.py", b" \n\n", "empty"),
        ("a.json", b"{}", "no comments"),
        ("a.sh", b"#!/bin/sh", "must stay first"),
        ("a.php", b"<h1>A page</h1>\n<?php echo 1 ?>\n", "<.php"),
        ("a.php", b"<?php echo 1 ?>\n<h1>A page</h1>\n", "<.php"),
        ("a.php", b"<?php $a = 'one\ntwo';\n", "<.php"),
        ("a.html", b"{% extends 'base.html' %}\n<p>\n", "template"),
        ("a.go", b"// Code generated by x. DO NOT EDIT.\npackage a\n", "generated"),
    ],
)
def test_what_takes_no_header(name: str, content: bytes, words: str) -> None:
    with pytest.raises(Untaggable, match=words):
        retagged(content, syntax(name), HEADER)


def legacy(sign: bytes) -> bytes:
    rows = [
        b"# CTB Metadata",
        b"# Generated: 2025-10-01T10:00:00.000001",
        b"# CTB Version: 1.3.3",
        b"# Division: Data & Databases",
        b"# Category: AREA.md",
        b"# Compliance: 75%",
        b"# HEIR ID: HEIR-2025-10-DAT-ORBT-U-01",
    ]
    return b"".join(sign + row + b"\n" for row in rows)


@pytest.mark.parametrize(
    ("name", "sign"),
    [("plain.py", b"# "), ("run.sh", b"# "), ("table.sql", b"-- "), ("values.yaml", b"# ")],
)
def test_blocks_of_earlier_scripts_are_replaced(name: str, sign: bytes) -> None:
    before = FILES[name]
    at = before.index(b"\n") + 1 if before.startswith(b"#!") else 0
    old = before[:at] + legacy(sign) + b"\n" + before[at:]
    assert headers_of(old, syntax(name))[0].heir_id == "HEIR-2025-10-DAT-ORBT-U-01"
    assert untagged(old, syntax(name)) == before
    assert retagged(old, syntax(name), HEADER) == retagged(before, syntax(name), HEADER)


def test_an_old_block_that_pushed_the_encoding_down_goes_below_it() -> None:
    before = b"# coding: latin-1\nX = '\xe9'\n"
    after = retagged(legacy(b"# ") + b"\n" + before, syntax("a.py"), HEADER)
    assert after == retagged(before, syntax("a.py"), HEADER)
    assert ast.parse(after).body


def test_an_old_block_above_front_matter_goes_below_it() -> None:
    before = FILES["front.md"]
    old = b"<!--\n\n" + legacy(b"") + b"\n-->\n\n" + before
    assert retagged(old, syntax("a.md"), HEADER) == retagged(before, syntax("a.md"), HEADER)


def test_json_is_json_again() -> None:
    old = legacy(b"# ") + b'\n{"a": 1}'
    assert json.loads(untagged(old, syntax("a.json"))) == {"a": 1}


def test_a_header_edited_by_hand_keeps_its_further_lines() -> None:
    once = retagged(FILES["plain.py"], syntax("a.py"), HEADER)
    edited = once.replace(b"# Division", b"# Owner: data team\n#division").replace(
        b": tables", b":x"
    )
    after = retagged(edited, syntax("a.py"), HEADER)
    assert b"# Owner: data team\n# HEIR ID: HEIR-2026-11-DATA-TABLES-01\n\n" in after
    assert untagged(after, syntax("a.py")) == FILES["plain.py"]
    assert retagged(after, syntax("a.py"), HEADER) == after


def test_two_headers_become_one() -> None:
    once = retagged(FILES["table.sql"], syntax("a.sql"), HEADER)
    twice = legacy(b"-- ") + b"\n" + once
    assert retagged(twice, syntax("a.sql"), HEADER) == once


def test_text_about_headers_is_left_alone() -> None:
    text = b'"""Writes\n\n# CTB Metadata\n# Division: x\n"""\n'
    assert headers_of(text, syntax("a.py")) == ()
    assert headers_of(b"# CTB Metadata\n\n# Division: x\n", syntax("a.md")) == ()
