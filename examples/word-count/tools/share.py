"""Reads one JSON report and prints how many per cent of all words the listed ones make up."""

import json
import sys

report = json.load(sys.stdin)
print(100 * sum(number for _, number in report["top"]) // report["words"])
