"""Registers a version of a model with an MLflow server: its files, and our name for it as a tag.

    python register.py URL MODEL VERSION MODEL-FOLDER

Needs the package `mlflow`. The tag is how driftgate finds the version again: the numbers are MLflow's.
"""

import sys

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def made(name: str, make) -> None:
    """What may have been made for an earlier version."""
    try:
        make(name)
    except MlflowException as fault:
        if fault.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def register(url: str, model: str, version: str, folder: str) -> str:
    client = MlflowClient(tracking_uri=url, registry_uri=url)
    made(model, client.create_experiment)
    made(model, client.create_registered_model)
    experiment = client.get_experiment_by_name(model)
    run = client.create_run(experiment.experiment_id, run_name=f"{model} {version}").info
    client.log_artifacts(run.run_id, folder, "model")
    client.set_terminated(run.run_id)
    source, tags = f"{run.artifact_uri}/model", {"driftgate.version": version}
    return client.create_model_version(model, source, run_id=run.run_id, tags=tags).version


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    print(register(*sys.argv[1:]))
