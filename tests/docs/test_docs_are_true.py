"""The documentation names every command, setting and deployment there is, and none that there is not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from counterfoil.cli.__main__ import app
from counterfoil.policy import load_policy
from counterfoil.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> set[str]:
    """Every command as it is typed, without `counterfoil`: {"up", "audit list", …}."""
    root = typer.main.get_command(app)
    found = set()

    def walk(command: object, name: str) -> None:
        children = getattr(command, "commands", None)
        if not children:
            found.add(name.strip())
            return
        for child_name, child in children.items():
            walk(child, f"{name} {child_name}")

    walk(root, "")
    return found


def documented_commands() -> set[str]:
    """The first cells of the README's command table."""
    return {
        row.strip()
        for row in re.findall(r"^\| `counterfoil ([a-z -]+?)(?: [A-Z\[…<][^`]*| --[^`]*)?` \|", README, re.MULTILINE)
    }


def test_every_command_is_in_the_readme_and_none_that_does_not_exist() -> None:
    assert documented_commands() == commands()


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_has_help(command: str) -> None:
    from typer.testing import CliRunner

    answer = CliRunner().invoke(app, [*command.split(), "--help"])
    assert answer.exit_code == 0
    assert "Usage" in answer.output


def test_every_deployment_is_in_the_readme() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    names = {deployment["name"] for deployment in deployments}
    section = README.partition("## Flows")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)) == names


def test_every_deployments_entrypoint_exists_and_has_a_description() -> None:
    for deployment in yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]:
        module, _, function = deployment["entrypoint"].rpartition(".")
        path = ROOT / (module.replace(".", "/") + ".py")
        assert path.exists(), deployment["entrypoint"]
        assert re.search(rf"^(async )?def {function}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert deployment["description"]


def test_the_example_settings_are_valid_and_show_every_setting() -> None:
    path = ROOT / "counterfoil.example.toml"
    settings = load_settings(path)
    load_policy(settings.policy_file)
    written = tomllib.loads(path.read_text(encoding="utf-8"))
    assert missing_keys(Settings.model_json_schema(), written) == []


def missing_keys(schema: dict[str, object], written: object) -> list[str]:
    """Keys of the settings' schema that the example does not show."""
    definitions = schema["$defs"]
    assert isinstance(definitions, dict)

    def walk(part: dict[str, object], value: object, where: str) -> list[str]:
        reference = str(part.get("$ref", "")).rpartition("/")[2]
        part = definitions.get(reference, part)
        if "items" in part and isinstance(value, list) and value:
            return walk(part["items"], value[-1], where + "[]")  # type: ignore[arg-type]
        properties = part.get("properties")
        if not isinstance(properties, dict) or not isinstance(value, dict):
            return []
        lacking = [f"{where}.{key}" for key in properties if key not in value]
        return lacking + [
            problem
            for key in properties
            if key in value
            for problem in walk(properties[key], value[key], f"{where}.{key}")
        ]

    return walk(schema, written, "")


def test_no_path_of_a_machine_and_no_registry_host_is_in_the_repository() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    hosts = re.compile(r"(https?://[^\s\"']*(pypi\.org|pythonhosted|registry\.npmjs|deb\.debian)|/work/main|/root/\.)")
    found = []
    for name in listed:
        path = ROOT / name
        if name and path.is_file() and path != Path(__file__) and path.suffix not in {".png"}:
            found += [
                f"{name}: {match.group(0)}" for match in hosts.finditer(path.read_text("utf-8", errors="replace"))
            ]
    assert found == []
