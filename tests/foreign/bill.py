"""Holds a bill of materials on standard input to the CycloneDX 1.6 schema, strictly.

Prints nothing when it is one; ends with 1 and the fault otherwise.
"""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
if fault is not None:
    sys.exit(f"no CycloneDX 1.6: {fault}")
