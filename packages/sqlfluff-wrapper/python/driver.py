"""Drives sqlfluff's Python API: one JSON request a line on stdin, one JSON answer a line on stdout.

The caller has rendered the SQL already: a request brings the source, the rendered text and the slices that map one to the
other, so no templater runs here. Requests are spread over forked workers, which share what was loaded at the start.

Every answer has the request's `id` and either `error` or the fields that the functions below return. Offsets are in
characters (code points) of the request's `source`.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import sqlfluff
from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.errors import SQLBaseError, SQLLexError, SQLParseError
from sqlfluff.core.linter.common import RenderedFile
from sqlfluff.core.linter.patch import generate_source_patches
from sqlfluff.core.rules.base import RulePack
from sqlfluff.core.templaters.base import (
    RawFileSlice,
    TemplatedFile,
    TemplatedFileSlice,
)

# sqlfluff warns about the dialect and about unused settings on its log; stdout is the protocol's, stderr the caller's.
logging.getLogger("sqlfluff").setLevel(logging.ERROR)

SETTINGS = {}
CONFIGS = {}
DEFAULT_DIALECT = "bigquery"


def config_for(path):
    """The configuration of a file's folder, with the command's --rules and --exclude-rules on top."""
    folder = os.path.dirname(path)
    if folder in CONFIGS:
        return CONFIGS[folder]
    overrides = {"templater": "raw"}
    for key in ("rules", "exclude_rules"):
        if SETTINGS.get(key):
            overrides[key] = ",".join(SETTINGS[key])
    extra = SETTINGS.get("config")
    config = FluffConfig.from_path(
        path,
        extra_config_path=extra,
        overrides=overrides,
        require_dialect=False,
    )
    if not config.get("dialect"):
        config = FluffConfig.from_path(
            path,
            extra_config_path=extra,
            overrides={**overrides, "dialect": DEFAULT_DIALECT},
        )
    linter = Linter(config=config)
    CONFIGS[folder] = (config, linter.get_rulepack(config=config))
    return CONFIGS[folder]


def templated_file(request):
    source, templated = request["source"], request["templated"]
    slices, raw, source_at, templated_at = [], [], 0, 0
    for kind, source_length, templated_length in request["slices"]:
        source_slice = slice(source_at, source_at + source_length)
        slices.append(
            TemplatedFileSlice(
                kind, source_slice, slice(templated_at, templated_at + templated_length)
            )
        )
        if source_length:
            raw.append(RawFileSlice(source[source_slice], kind, source_at))
        source_at += source_length
        templated_at += templated_length
    return TemplatedFile(source, request["path"], templated, slices, raw)


def lint(request):
    """Violations of one rendered unit; with `fix`, also the patches that mend those of the named rules."""
    config, rule_pack = config_for(request["path"])
    if "sqlfluff:" in request["source"]:
        config = config.copy()
        config.process_raw_file_for_config(request["source"], request["path"])
        rule_pack = Linter(config=config).get_rulepack(config=config)
    if request.get("fix"):
        rules = [rule for rule in rule_pack.rules if rule.code in request["fix"]]
        rule_pack = RulePack(rules, rule_pack.reference_map)
    file = templated_file(request)
    rendered = RenderedFile(
        [file], [], config, {}, request["path"], "utf8", request["source"]
    )
    parsed = Linter.parse_rendered(rendered)
    fixing = bool(request.get("fix"))
    linted = Linter.lint_parsed(parsed, rule_pack, fix=fixing)
    answer = {
        "violations": [
            violation_of(violation, file)
            for violation in linted.get_violations(filter_warning=False)
        ]
    }
    variant = parsed.root_variant()
    if request.get("tables") and variant and variant.tree:
        answer["tables"] = list(table_references(variant.tree))
    if fixing:
        broken = any(
            isinstance(violation, (SQLParseError, SQLLexError))
            for violation in linted.violations
        )
        answer["patches"] = (
            []
            if broken or not linted.tree
            else [
                [patch.source_slice.start, patch.source_slice.stop, patch.fixed_raw]
                for patch in generate_source_patches(linted.tree, file)
            ]
        )
    return answer


def violation_of(violation: SQLBaseError, file: TemplatedFile):
    told = violation.to_dict()
    start = told.get("start_file_pos")
    if start is None:
        start = offset(file.source_str, violation.line_no, violation.line_pos)
    end = told.get("end_file_pos", start)
    return {
        "start": start,
        "end": max(start, end),
        "code": told["code"],
        "name": told.get("name") or "",
        "message": told["description"],
        "warning": bool(told.get("warning")),
        "fixable": bool(violation.fixable),
        "parse": isinstance(violation, (SQLParseError, SQLLexError)),
    }


def offset(text, line, column):
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
    return at + column - 1


def table_references(tree):
    """Names of two or more parts after FROM, JOIN and in DML, outside generated text; fields of an alias left out."""
    aliases = {
        segment.raw_upper.strip("`")
        for alias in tree.recursive_crawl("alias_expression")
        for segment in alias.recursive_crawl("identifier")
    } | {
        segment.raw_upper
        for cte in tree.recursive_crawl("common_table_expression")
        for segment in cte.segments[:1]
    }
    tables = {
        reference.raw_upper.split(".")[-1].strip("`")
        for reference in tree.recursive_crawl("table_reference")
    }
    for reference in tree.recursive_crawl("table_reference"):
        name = reference.raw.replace("`", "")
        parts = name.split(".")
        if len(parts) < 2 or not reference.pos_marker.is_literal():
            continue
        if parts[0].upper() in aliases or (
            len(parts) == 2 and parts[0].upper() in tables
        ):
            continue
        if "INFORMATION_SCHEMA" in (part.upper() for part in parts):
            continue
        where = reference.pos_marker.source_slice
        yield {"start": where.start, "end": where.stop, "name": name}


def settings_of(path):
    config, rule_pack = config_for(path)
    return {
        "dialect": config.get("dialect"),
        "maxLineLength": config.get("max_line_length") or 0,
        "indent": config.get("tab_space_size", section="indentation") or 4,
        "rules": [
            {
                "code": rule.code,
                "name": rule.name,
                "description": rule.description,
                "groups": list(rule.groups),
            }
            for rule in rule_pack.rules
        ],
    }


def work(text):
    request = json.loads(text)
    try:
        answer = lint(request)
    except Exception as error:  # A rule that crashes on one unit must not take the others with it.
        answer = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
    return json.dumps({"id": request["id"], **answer})


def warm(path):
    """Load the dialect and compile its grammar once, before the workers are forked."""
    lint(
        {
            "path": path,
            "source": "SELECT 1 AS one\n",
            "templated": "SELECT 1 AS one\n",
            "slices": [["literal", 16, 16]],
        }
    )


def tell(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def leave(pool):
    """Ends at once, workers too: whoever asked is gone."""
    for process in list((pool._processes or {}).values()) if pool else []:
        process.terminate()
    os._exit(0)


def end_with_parent():
    """A worker's parent may be killed without a word; its children must not stay behind."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=watch, daemon=True).start()


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    pool = None
    signal.signal(signal.SIGTERM, lambda *_: leave(pool))
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("op") == "start":
            SETTINGS.update(request["settings"])
            try:
                answer = settings_of(request["path"])
                warm(request["path"])
                answer["version"] = sqlfluff.__version__
                workers = request.get("workers", 1)
                if workers > 1 and hasattr(os, "fork"):
                    pool = ProcessPoolExecutor(
                        workers,
                        mp_context=get_context("fork"),
                        initializer=end_with_parent,
                    )
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            tell(json.dumps({"id": request["id"], **answer}))
        elif pool:
            pool.submit(work, line).add_done_callback(lambda done: tell(done.result()))
        else:
            tell(work(line))
    leave(pool)


if __name__ == "__main__":
    main()
