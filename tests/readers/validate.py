#!/usr/bin/env python3
"""Holds a JSON file to a JSON schema: validate.py SCHEMA FILE

Exits with 1 and the first mistakes if the file breaks the schema. Needs the
packages of tests/requirements.txt.
"""

import json
import sys
from pathlib import Path

import jsonschema

schema, value = (json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:3])
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
errors = sorted(kind(schema, format_checker=jsonschema.FormatChecker()).iter_errors(value), key=lambda e: list(map(str, e.absolute_path)))
for error in errors[:3]:
    print(f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}", file=sys.stderr)
sys.exit(1 if errors else 0)
