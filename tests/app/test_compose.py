"""docker-compose.yml is valid by the Compose schema, and runs the processes the command line has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from bots.app.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]


def test_it_is_valid_by_the_schema() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_its_processes_and_settings_exist() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "caddy"}
    for name in ("migrate", "web", "worker"):
        assert services[name]["command"] == [name]
        for setting in services[name]["environment"]:
            assert setting.removeprefix(PREFIX).lower() in Settings.model_fields
