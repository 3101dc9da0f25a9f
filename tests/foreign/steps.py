"""Prints the shell of a CI product's file as JSON: a list of pairs, a name and what bash would run.

steps.py github-actions.yml
steps.py gitlab-ci.yml
"""

import json
import sys

import yaml


def lines(script) -> list[str]:
    """A script of GitLab: lists in lists are one list."""
    if isinstance(script, str):
        return [script]
    return [line for part in script for line in lines(part)]


def steps(document: dict):
    if "jobs" in document:
        for job, content in document["jobs"].items():
            for number, step in enumerate(content["steps"], 1):
                if "run" in step:
                    yield f"{job}: {step.get('name', number)}", step["run"]
        return
    before = document.get("default", {}).get("before_script", [])
    for job, content in document.items():
        if isinstance(content, dict) and "script" in content:
            yield job, "\n".join(lines([before, content["script"]])) + "\n"


with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps(list(steps(yaml.safe_load(file)))))
