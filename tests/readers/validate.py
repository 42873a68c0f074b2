#!/usr/bin/env python3
"""Holds JSON values to a JSON schema: validate.py SCHEMA FILE

FILE has a value on each line. Prints a line for each: `null`, or its first
mistakes as a JSON string. Needs the packages of tests/requirements.txt.
"""

import json
import sys
from pathlib import Path

import jsonschema

schema, lines = (Path(path).read_text(encoding="utf-8") for path in sys.argv[1:3])
schema = json.loads(schema)
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
validator = kind(schema, format_checker=jsonschema.FormatChecker())
for line in lines.splitlines():
    errors = sorted(validator.iter_errors(json.loads(line)), key=lambda error: list(map(str, error.absolute_path)))
    mistakes = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in errors[:3]]
    print(json.dumps("\n".join(mistakes) if mistakes else None))
