"""Registers versions of a model with MLflow's own client, changes them, and tells what the client sees.

registered.py URL register MODEL TAG        registers one more version; a tag of `-` is none
registered.py URL alias MODEL ALIAS NUMBER  points an alias to a version, as a person would
registered.py URL unalias MODEL ALIAS       takes an alias away
registered.py URL tag MODEL NUMBER KEY VALUE
registered.py URL show MODEL                prints aliases and the tags of each version as JSON
"""

import json
import pathlib
import sys
import tempfile

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def register(name: str, tag: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException:
        client.get_registered_model(name)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "weights").write_text("weights")
        run = client.create_run(client.create_experiment(f"{name} {tag} {folder}"))
        client.log_artifact(run.info.run_id, f"{folder}/weights", "model")
    source = f"{run.info.artifact_uri}/model"
    tags = {} if tag == "-" else {"driftgate.version": tag}
    made = client.create_model_version(name, source, run_id=run.info.run_id, tags=tags)
    print(made.version)


def show(name: str) -> None:
    aliases = client.get_registered_model(name).aliases
    versions = client.search_model_versions(f"name = '{name}'")
    seen = {
        "aliases": {alias: str(number) for alias, number in aliases.items()},
        "versions": {str(version.version): dict(version.tags) for version in versions},
    }
    print(json.dumps(seen, sort_keys=True))


url, what, model, *more = sys.argv[1:]
client = MlflowClient(tracking_uri=url, registry_uri=url)
match what, more:
    case "register", [tag]:
        register(model, tag)
    case "alias", [alias, number]:
        client.set_registered_model_alias(model, alias, number)
    case "unalias", [alias]:
        client.delete_registered_model_alias(model, alias)
    case "tag", [number, key, value]:
        client.set_model_version_tag(model, number, key, value)
    case "show", []:
        show(model)
    case _:
        sys.exit(__doc__)
