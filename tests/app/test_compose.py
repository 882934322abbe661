"""docker-compose.yml is valid by the Compose schema, and runs the processes the command line has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from bots.app.settings import FROM_FILES, PREFIX, Settings

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
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = composed["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "caddy"}
    for name in ("migrate", "web", "worker"):
        assert services[name]["command"] == [name]
        for setting, value in services[name]["environment"].items():
            field = setting.removeprefix(PREFIX).removesuffix("_FILE").lower()
            assert field in Settings.model_fields
            if setting.endswith("_FILE"):
                assert field in FROM_FILES
                assert Path(value).name in services[name]["secrets"]
    used = {secret for service in services.values() for secret in service.get("secrets", ())}
    assert used == set(composed["secrets"])
    assert "PASSWORD:" not in (ROOT / "docker-compose.yml").read_text(), "no secret in the environment"


def test_make_secrets_writes_what_it_mounts_once(tmp_path: Path) -> None:
    def made() -> dict[str, str]:
        subprocess.run(
            ["make", "-f", str(ROOT / "Makefile"), "secrets", f"PYTHON={sys.executable}"],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
        return {path.name: path.read_text().strip() for path in (tmp_path / "secrets").iterdir()}

    first = made()
    assert set(first) == set(yaml.safe_load((ROOT / "docker-compose.yml").read_text())["secrets"])
    assert (
        first["database_url"] == f"postgresql://pryimalnia:{first['postgres_password']}@postgres/pryimalnia"
    )
    assert len(first["signing_secret"]) == 64
    assert made() == first
