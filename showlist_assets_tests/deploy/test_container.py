"""What compose and the image promise, as far as files tell it; `deploy/container/try` runs them."""

from __future__ import annotations

import configparser
import json
import os
import re
import shutil
import stat
import subprocess

import pytest
import yaml

from showlist_assets_tests.deploy.programs import DEPLOY, ROOT, program

CONTAINER = DEPLOY / "container"
PROFILES = {
    "": {"migrate", "code", "daemon", "ui", "web"},
    "postgres": {"migrate", "code", "daemon", "ui", "web", "postgres", "pgbouncer"},
    "workers": {
        "migrate", "code", "daemon", "ui", "web", "postgres", "pgbouncer", "redis", "worker",
    },
    "sandbox": {"migrate", "code", "daemon", "ui", "web", "demo"},
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not CONTAINER.is_dir(), reason="needs a clone: deploy/ is not part of the package"
)


@pytest.fixture(scope="module")
def compose(tmp_path_factory):
    """The folder as somebody has it who has cloned it and set nothing."""
    folder = tmp_path_factory.mktemp("clone") / "deploy" / "container"
    shutil.copytree(CONTAINER, folder, ignore=shutil.ignore_patterns(".env", "secrets"))
    docker_compose = program("docker-compose")

    def resolved(profile: str, *arguments: str) -> dict:
        done = subprocess.run(
            [docker_compose, *arguments, "config", "--format", "json"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "COMPOSE_PROFILES": profile},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    return resolved


@pytest.mark.parametrize("dockerfile", ["Dockerfile", "pgbouncer/Dockerfile"])
def test_hadolint_finds_nothing(dockerfile):
    done = subprocess.run(
        [program("hadolint"), str(CONTAINER / dockerfile)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_what_it_says_and_opens_no_port_but_to_this_machine(compose, profile):
    services = compose(profile)["services"]
    assert set(services) == PROFILES[profile]
    published = [port for each in services.values() for port in each.get("ports", [])]
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}
    assert {port["target"] for port in published} == {8300, 3000}


def test_every_part_is_confined_and_looked_after(compose):
    services = compose("workers,sandbox")["services"]
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == ("no" if name in {"migrate", "demo"} else "unless-stopped")
        assert service["logging"]["options"] == {"max-file": "3", "max-size": "10m"}
        if service["image"].startswith("showlist"):
            assert service["read_only"], name
            assert service["cap_drop"] == ["ALL"]
        if name not in {"migrate", "demo"}:
            assert service["healthcheck"]["test"][1], name


def test_databases_reach_nobody_and_are_reached_by_showlist_alone(compose):
    composed = compose("workers")
    assert composed["networks"]["stores"]["internal"]
    for name in ("postgres", "pgbouncer", "redis"):
        assert set(composed["services"][name]["networks"]) == {"stores"}
        assert "ports" not in composed["services"][name]


def test_all_wait_for_the_migration_and_that_for_the_database(compose):
    services = compose("workers")["services"]
    for name in ("code", "daemon", "ui", "web", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == (
            "service_completed_successfully"
        )
    assert services["migrate"]["depends_on"]["pgbouncer"]["condition"] == "service_healthy"
    # And starts where there is none.
    assert not services["migrate"]["depends_on"]["pgbouncer"]["required"]


def test_there_are_as_many_workers_as_runs_may_be_under_way(compose):
    configuration = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    at_once = configuration["concurrency"]["runs"]["max_concurrent_runs"]
    assert compose("workers")["services"]["worker"]["deploy"]["replicas"] == at_once


def test_no_password_stands_in_what_is_committed(compose):
    environments = [each.get("environment", {}) for each in compose("workers")["services"].values()]
    for environment in environments:
        assert not {name for name, value in environment.items() if "PASSWORD" in name} - {
            "POSTGRES_PASSWORD_FILE"
        }


@pytest.mark.parametrize(
    ("profiles", "storage"),
    [
        ("", "sqlite"),
        ("postgres", "postgres"),
        ("sandbox", "sqlite"),
        ("postgres,workers", "workers"),
    ],
)
def test_dagster_is_configured_for_the_profile(compose, tmp_path, profiles, storage):
    command = compose(profiles)["services"]["migrate"]["command"]
    said = tmp_path / "showlist"
    said.write_text('#!/bin/sh\necho "$@"\n')
    said.chmod(0o755)
    done = subprocess.run(
        # As a container is told it: compose has doubled the signs that are not its own.
        [word.replace("$$", "$") for word in command],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "COMPOSE_PROFILES": profiles},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["migrate", "--configure", storage]


def test_pgbouncer_says_what_is_wrong_where_the_profile_was_only_a_flag():
    done = subprocess.run(
        [str(CONTAINER / "pgbouncer" / "entrypoint"), "true"],
        env={"PATH": os.environ["PATH"], "COMPOSE_PROFILES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 64
    assert "COMPOSE_PROFILES=postgres" in done.stderr


def test_a_password_in_a_file_reaches_dagster_and_the_environment_counts_more(tmp_path):
    (tmp_path / "PGPASSWORD").write_text("hush\n")
    command = [str(CONTAINER / "entrypoint"), "sh", "-c", 'printf %s "${PGPASSWORD-unset}"']
    told = {"PATH": os.environ["PATH"], "SHOWLIST_SECRETS_DIR": str(tmp_path)}
    assert subprocess.check_output(command, env=told) == b"hush"
    assert subprocess.check_output(command, env={**told, "PGPASSWORD": "mine"}) == b"mine"
    assert subprocess.check_output(command, env={**told, "SHOWLIST_SECRETS_DIR": "/"}) == b"unset"


def test_scripts_can_be_run():
    for script in ("entrypoint", "healthy", "try", "pgbouncer/entrypoint", "pgbouncer/healthy"):
        assert (CONTAINER / script).stat().st_mode & stat.S_IXUSR, script


def test_the_image_is_built_of_nothing_that_is_secret_or_kept():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    # All but what is named.
    assert ignored[1] == "*"
    let_in = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert let_in == {
        "showlist_assets", "setup.cfg", "pyproject.toml", "constraints.txt", "README.md", "LICENSE",
        "deploy/container", "deploy/google-cloud/cloud-run/tick_with_copies.py",
    }  # fmt: skip
    assert {"deploy/container/secrets", "deploy/container/.env"} <= set(ignored)


def test_the_image_has_each_extra_that_it_names():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    named = re.search(r"^ARG EXTRAS=(.+)$", (CONTAINER / "Dockerfile").read_text(), re.MULTILINE)
    # pip only warns of one that does not exist.
    assert set(named[1].split(",")) <= set(setup["options.extras_require"])
