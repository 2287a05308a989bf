"""What Kubernetes and Dagster's launcher make of the files, without a cluster or the chart."""

from __future__ import annotations

import pytest
import yaml

from showlist_assets_tests.deploy.programs import DEPLOY, ROOT

FOLDER = DEPLOY / "kubernetes"
VERSION = "1.34"
CONFINED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
# As far as the chart's own schema could be read: what may stand at each of these places.
PLACED = {
    "volumes", "volumeMounts", "podSecurityContext", "securityContext", "resources", "image",
}  # fmt: skip
KNOWN = {
    (): {
        "global", "serviceAccount", "postgresql", "generatePostgresqlPasswordSecret", "rabbitmq",
        "redis", "dagsterWebserver", "dagsterDaemon", "additionalInstanceConfig", "runLauncher",
        "computeLogManager", "dagster-user-deployments", "telemetry",
    },
    ("global",): {"postgresqlSecretName", "dagsterHome", "serviceAccountName"},
    ("postgresql",): {
        "enabled", "postgresqlHost", "postgresqlUsername", "postgresqlDatabase", "postgresqlScheme",
        "service",
    },
    ("dagsterWebserver",): {*PLACED, "service"},
    ("dagsterDaemon",): {*PLACED, "envConfigMaps", "runCoordinator", "runMonitoring", "runRetries"},
    ("runLauncher", "config", "k8sRunLauncher"): {
        "imagePullPolicy", "envConfigMaps", "volumes", "volumeMounts", "resources",
        "securityContext", "runK8sConfig",
    },
    ("runLauncher", "config", "k8sRunLauncher", "runK8sConfig"): {
        "podSpecConfig", "jobSpecConfig",
    },
    ("computeLogManager", "config", "gcsComputeLogManager"): {"bucket", "prefix"},
    ("dagster-user-deployments",): {"enabled", "serviceAccount", "deployments"},
    ("dagster-user-deployments", "deployments", 0): {
        *PLACED, "name", "dagsterApiGrpcArgs", "port", "includeConfigInLaunchedRuns",
        "envConfigMaps",
    },
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="needs a clone: deploy/ is not part of the package"
)


def manifests() -> list[dict]:
    """Those of this project; the chart makes the others of the values."""
    files = sorted(FOLDER.glob("*.yaml"))
    return [
        document
        for file in files
        if file.name != "values.yaml"
        for document in yaml.safe_load_all(file.read_text())
    ]


def pods() -> dict[str, dict]:
    """The template of each."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]
        for each in manifests()
        if "template" in each.get("spec", {})
    }


@pytest.fixture(scope="module")
def values() -> dict:
    return yaml.safe_load((FOLDER / "values.yaml").read_text())


def test_kubernetes_takes_each_manifest():
    validate = pytest.importorskip("kubernetes_validate", reason="make deploy-check installs it")
    for manifest in manifests():
        # Those kinds are External Secrets' own.
        if not manifest["apiVersion"].startswith("external-secrets.io/"):
            validate.validate(manifest, VERSION, strict=True)


def test_every_part_is_confined_and_has_what_it_mounts():
    for name, template in pods().items():
        pod = template["spec"]
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["automountServiceAccountToken"] is False, name
        volumes = {volume["name"] for volume in pod["volumes"]} if "volumes" in pod else {"data"}
        for container in pod["containers"]:
            assert container["securityContext"] == CONFINED, name
            assert set(container["resources"]) == {"requests", "limits"}
            assert {mount["name"] for mount in container["volumeMounts"]} == volumes


def test_no_part_reaches_the_stores_unless_the_policy_names_it():
    policy = next(each for each in manifests() if each["kind"] == "NetworkPolicy")["spec"]
    guarded = set(policy["podSelector"]["matchExpressions"][0]["values"])
    labels = {name: template["metadata"]["labels"] for name, template in pods().items()}
    assert guarded == {each["app"] for each in labels.values() if "showlist" not in each}
    ports = {port["port"] for port in policy["ingress"][0]["ports"]}
    assert ports == {
        container["containerPort"]
        for name, template in pods().items()
        if labels[name]["app"] in guarded
        for container in template["spec"]["containers"][0]["ports"]
    }


def test_each_reference_has_what_it_refers_to(values):
    made = {(each["kind"], each["metadata"]["name"]) for each in manifests()}
    for template in pods().values():
        pod = template["spec"]
        if "serviceAccountName" in pod:
            assert ("ServiceAccount", pod["serviceAccountName"]) in made
        for source in pod["containers"][0].get("envFrom", []):
            assert ("ConfigMap", source["configMapRef"]["name"]) in made
        for volume in pod.get("volumes", []):
            if "secret" in volume:
                assert ("ExternalSecret", volume["secret"]["secretName"]) in made
    assert ("ServiceAccount", values["global"]["serviceAccountName"]) in made
    assert ("ExternalSecret", values["global"]["postgresqlSecretName"]) in made
    assert ("Service", values["postgresql"]["postgresqlHost"]) in made


def test_the_chart_is_told_nothing_that_it_does_not_know(values):
    for place, known in KNOWN.items():
        told = values
        for step in place:
            told = told[step]
        assert set(told) <= known, place


def test_dagster_is_configured_as_everywhere_else(values):
    usual = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    # Which the chart has a value of its own for.
    assert values["telemetry"] == usual.pop("telemetry")
    # It is for SQLite; on Postgres a variable does the same (settings.yaml).
    assert usual.pop("instance_class")
    assert values["additionalInstanceConfig"] == usual


def launcher_config(values: dict) -> dict:
    """As the chart's template writes it into dagster.yaml (_run-launcher.tpl)."""
    told = values["runLauncher"]["config"]["k8sRunLauncher"]
    return {
        "load_incluster_config": True,
        "job_namespace": "showlist",
        "image_pull_policy": told["imagePullPolicy"],
        "service_account_name": values["global"]["serviceAccountName"],
        "dagster_home": values["global"]["dagsterHome"],
        "instance_config_map": "dagster-instance",
        "postgres_password_secret": values["global"]["postgresqlSecretName"],
        "env_config_maps": [each["name"] for each in told["envConfigMaps"]],
        "volumes": told["volumes"],
        "volume_mounts": told["volumeMounts"],
        "resources": told["resources"],
        "security_context": told["securityContext"],
        "run_k8s_config": {
            "pod_spec_config": told["runK8sConfig"]["podSpecConfig"],
            "job_spec_config": told["runK8sConfig"]["jobSpecConfig"],
        },
    }


@pytest.fixture
def dagster_home(values, tmp_path, monkeypatch):
    """With dagster.yaml as the chart would write it."""
    pytest.importorskip("dagster_k8s", reason="make deploy-check installs it")
    postgres = {
        "postgres_db": {
            "username": values["postgresql"]["postgresqlUsername"],
            "password": {"env": "DAGSTER_PG_PASSWORD"},
            "hostname": values["postgresql"]["postgresqlHost"],
            "db_name": values["postgresql"]["postgresqlDatabase"],
            "port": values["postgresql"]["service"]["port"],
            "params": {},
            "scheme": values["postgresql"]["postgresqlScheme"],
        }
    }

    def stored(module: str, name: str) -> dict:
        return {"module": f"dagster_postgres.{module}", "class": name, "config": postgres}

    logs = values["computeLogManager"]["config"]["gcsComputeLogManager"]
    configuration = {
        "scheduler": {"module": "dagster.core.scheduler", "class": "DagsterDaemonScheduler"},
        "run_storage": stored("run_storage", "PostgresRunStorage"),
        "event_log_storage": stored("event_log", "PostgresEventLogStorage"),
        "schedule_storage": stored("schedule_storage", "PostgresScheduleStorage"),
        "run_launcher": {
            "module": "dagster_k8s",
            "class": values["runLauncher"]["type"],
            "config": launcher_config(values),
        },
        "compute_logs": {
            "module": "dagster_gcp.gcs.compute_log_manager",
            "class": values["computeLogManager"]["type"],
            "config": logs,
        },
        "telemetry": values["telemetry"],
        **values["additionalInstanceConfig"],
    }
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(configuration))
    monkeypatch.setenv("DAGSTER_PG_PASSWORD", "hush")
    return tmp_path


def test_dagster_takes_the_configuration_that_the_chart_would_write(dagster_home):
    from dagster._core.instance.ref import InstanceRef

    ref = InstanceRef.from_dir(str(dagster_home))
    assert ref.settings["run_monitoring"]["max_runtime_seconds"] == 1800
    # A limit of Dagster's own coordinator, which is the one where none is named.
    assert ref.settings["concurrency"]["runs"]["max_concurrent_runs"] == 3


def test_the_job_of_a_run_is_one_that_kubernetes_takes(values, dagster_home):
    from dagster._core.instance.ref import InstanceRef
    from dagster_k8s.container_context import K8sContainerContext
    from dagster_k8s.job import DagsterK8sJobConfig, construct_dagster_k8s_job
    from kubernetes.client import ApiClient

    validate = pytest.importorskip("kubernetes_validate", reason="make deploy-check installs it")
    # Checked against the launcher's own schema.
    told = InstanceRef.from_dir(str(dagster_home)).run_launcher_data.config_dict
    assert told["run_k8s_config"]
    config = launcher_config(values)
    context = K8sContainerContext(
        **{
            name: value
            for name, value in config.items()
            if name
            not in {
                "load_incluster_config", "job_namespace", "dagster_home", "instance_config_map",
                "postgres_password_secret", "run_k8s_config",
            }
        },
        run_k8s_config=K8sContainerContext.create_from_config(
            {"k8s": {"run_k8s_config": config["run_k8s_config"]}}
        ).run_k8s_config,
    )  # fmt: skip
    job = construct_dagster_k8s_job(
        DagsterK8sJobConfig(
            job_image="REGISTRY/showlist:TAG",
            dagster_home=config["dagster_home"],
            instance_config_map=config["instance_config_map"],
            postgres_password_secret=config["postgres_password_secret"],
        ),
        args=["dagster", "api", "execute_run"],
        job_name="dagster-run-1",
        component="run_worker",
        user_defined_k8s_config=context.run_k8s_config,
    )
    manifest = ApiClient().sanitize_for_serialization(job)
    validate.validate(manifest, VERSION, strict=True)
    template = manifest["spec"]["template"]
    container = template["spec"]["containers"][0]
    assert container["securityContext"] == CONFINED
    assert container["resources"]["limits"] == {"memory": "2Gi"}
    assert template["spec"]["securityContext"]["runAsNonRoot"]
    assert template["spec"]["serviceAccountName"] == "showlist"
    paths = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert len(paths) == len(set(paths))
    # Which the network's policy lets in.
    assert template["metadata"]["labels"]["app.kubernetes.io/name"] == "dagster"
