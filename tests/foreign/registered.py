"""Registers versions of a model with MLflow's own client, and tells what the client sees.

registered.py URL register NAME TAG     registers one more version; a tag of `-` is none
registered.py URL show NAME ALIAS       prints version and tags behind the alias as JSON
"""

import json
import pathlib
import sys
import tempfile

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

url, what, name, more = sys.argv[1:]
client = MlflowClient(tracking_uri=url, registry_uri=url)
if what == "register":
    try:
        client.create_registered_model(name)
    except MlflowException:
        client.get_registered_model(name)
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "weights").write_text("weights")
        run = client.create_run(client.create_experiment(f"{name} {more} {folder}"))
        client.log_artifact(run.info.run_id, f"{folder}/weights", "model")
    source = f"{run.info.artifact_uri}/model"
    tags = {} if more == "-" else {"driftgate.version": more}
    made = client.create_model_version(name, source, run_id=run.info.run_id, tags=tags)
    print(made.version)
else:
    found = client.get_model_version_by_alias(name, more)
    print(json.dumps({"version": str(found.version), "tags": dict(found.tags)}))
