"""What pyproject.toml asks for is pinned with hashes, and from no address of this machine (`make check`)."""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?P<rest>.*?)(?=^[a-z0-9]|\Z)", re.M | re.S)
ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links|--trusted-host|^-[if] ", re.M)


def main():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"]
    wanted_here = wanted + project["dependency-groups"]["dev"]
    problems = [
        *problems_of("requirements.txt", wanted),
        *problems_of("requirements-dev.txt", wanted_here),
    ]
    for problem in problems:
        print(problem)
    print("make requirements pins them anew." if problems else "Every dependency is pinned with hashes.")
    return bool(problems)


def problems_of(name, wanted):
    text = (ROOT / name).read_text()
    pins = {match["name"]: match for match in PIN.finditer(text)}
    if ADDRESS.search(text):
        yield f"{name}: holds the address of an index"
    for pin in pins.values():
        if "--hash=sha256:" not in pin["rest"]:
            yield f"{name}: {pin['name']} has no hash"
    asked = {canonicalize_name(Requirement(line).name): Requirement(line) for line in wanted}
    for package, requirement in asked.items():
        if package not in pins or not requirement.specifier.contains(pins[package]["version"]):
            yield f"{name}: {requirement} is not pinned"
    for package in {name for name, pin in pins.items() if "nuanyi (pyproject.toml" in pin["rest"]} - set(
        asked
    ):
        yield f"{name}: {package} is pinned, but pyproject.toml does not ask for it"


if __name__ == "__main__":
    sys.exit(main())
