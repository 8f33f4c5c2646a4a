"""Build the package, install it where nothing else is, and use it there: ``make package``.

The source distribution is built from this checkout and the wheel from the source distribution, so that
a file that is missing in either is missed.  The wheel is installed, with its dependencies at the pinned
versions, into an environment of its own, and the command is run from ``/`` with an empty environment.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = (
    "policies/**/*.yaml",
    "reports/schema/*.json",
    "reports/templates/**/*",
    "reports/examples/estate/*",
)
STAYS = {"scanner/pages.py", "scanner/coverage.py", "scanner/_bundled/policies/data/coverage.yaml"}
HEAVIEST = {"all of it": 17_000_000, "libraries": 7_250_000}
"""Bytes of the core as it is installed from the pins: compiled files, metadata and folders included."""

OURS = ("scanner", "hubscan")
EXPECTED_ROOTS = re.compile(r"scanner/|hubscan-[^/]+\.dist-info/")
KEPT = re.compile(r"PATH|PIP_.*|.*_proxy|.*_PROXY|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|SYSTEMROOT")


def main() -> int:
    """Run every check; the first that does not hold ends the run with a sentence."""
    with tempfile.TemporaryDirectory(prefix="hubscan-package-") as name:
        folder = Path(name)
        wheel = build(ROOT / "dist")
        check_contents(wheel)
        program = install(wheel, folder / "clean")
        check_program(program)
        check_without_azure(program)
        check_demo(program, folder)
        check_weight(folder)
        check_image(folder / "image")
    say(f"{wheel.name} is complete and works")
    return 0


def build(target: Path) -> Path:
    """Make the source distribution and, from it, the wheel."""
    shutil.rmtree(target, ignore_errors=True)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(ROOT))
    wheels = list(target.glob("*.whl"))
    require(len(wheels) == 1, f"one wheel expected, built {len(wheels)}")
    return wheels[0]


def check_contents(wheel: Path) -> None:
    """All data files are in the wheel, and nothing but the program and its metadata."""
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        f"scanner/_bundled/{path.relative_to(ROOT).as_posix()}"
        for pattern in SHIPPED
        for path in ROOT.glob(pattern)
        if path.is_file()
    }
    wanted |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "scanner").rglob("*.py")}
    wanted -= STAYS
    require(not wanted - held, f"missing in the wheel: {sorted(wanted - held)}")
    strangers = sorted(name for name in held - wanted if not EXPECTED_ROOTS.match(name))
    require(not strangers, f"has no place in the wheel: {strangers}")
    unasked = sorted(name for name in held - wanted if name.startswith("scanner/_bundled/"))
    require(not unasked, f"shipped, but not in the checkout: {unasked}")


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel into a new environment; returns the command's path."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pins = folder / "pins.txt"
    pinned = re.findall(
        r"^[A-Za-z0-9][^ \\]*==[^ \\;]+", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE
    )
    pins.write_text("\n".join(pinned))
    pip = (str(programs / "python"), "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input")
    run(*pip, "install", "--constraint", str(pins), str(wheel))
    run(*pip, "check")
    return programs / "hubscan"


def check_program(program: Path) -> None:
    """The installed command says its version and finds every policy from a folder that is not ours."""
    run(str(program), "--version", cwd=Path("/"))
    listed = run(str(program), "policy", "list", cwd=Path("/")).stdout
    missing = [name for name in policy_names() if name not in listed]
    require(not missing, f"'hubscan policy list' does not name {missing}")


def check_without_azure(program: Path) -> None:
    """Without its extra the package brings no Azure library, and says in one line how to get them."""
    listed = run(str(program.parent / "python"), "-m", "pip", "list", "--format=freeze").stdout.lower()
    brought = [line for line in listed.splitlines() if line.startswith(("azure", "msal", "requests"))]
    require(not brought, f"a core install brings {brought}")
    everything = "--all-subscriptions"
    for command in (("collect", everything, "-o", "x.jsonl"), ("scan", everything), ("doctor",)):
        done = run(str(program), *command, cwd=Path("/"), expected=2)
        lines = done.stderr.splitlines()
        require(
            len(lines) == 1 and "pip install 'hubscan[azure]'" in lines[0],
            f"'hubscan {command[0]}' without the Azure libraries says {done.stderr}",
        )


def check_demo(program: Path, scratch: Path) -> None:
    """``hubscan demo`` works from ``/`` (from an empty folder where that cannot be) by every policy."""
    above = Path("/")
    usable = os.access(above, os.W_OK) and not (above / "hubscan-demo").exists()
    where = above if usable else scratch
    reports = where / "hubscan-demo"
    try:
        run(str(program), "demo", cwd=where)
        results = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(reports.glob("*.json"))]
        written = [result for result in results if result.get("result") == "hubscan/v1"]
        require(len(written) == 1, f"one JSON result expected in {reports}, found {len(written)}")
        judged = sorted(policy["id"] for policy in written[0]["policies"])
        require(judged == policy_names(), f"the demo judged by {judged}, the checkout has {policy_names()}")
        require(bool(written[0]["hubs"]), "the demo judged no hub")
        say(f"demo from {where}: {len(judged)} policies, {len(written[0]['hubs'])} hubs")
    finally:
        shutil.rmtree(reports, ignore_errors=True)


def check_weight(folder: Path) -> None:
    """What the action installs is the program and what it imports, without what built and installed it."""
    script = ROOT / ".github" / "scripts" / "install.sh"
    given = (f"PYTHON={sys.executable}", "MODE=iac", f"ACTION={ROOT}", f"RUNNER_TEMP={folder}")
    run("env", *given, "bash", str(script))
    (home,) = folder.glob("hubscan/[Ll]ib/**/site-packages")
    held = {path.name.partition("-")[0].lower() for path in home.glob("*.dist-info")}
    pinned = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "run.txt").read_text(), re.MULTILINE)
    wanted = {"hubscan", *(name.replace("-", "_") for name in pinned)}
    require(held == wanted, f"the action installs {sorted(held)}, wanted are {sorted(wanted)}")
    weight = {path: sum(part.stat().st_size for part in (path, *path.rglob("*"))) for path in home.iterdir()}
    weights = {
        "all of it": home.stat().st_size + sum(weight.values()),
        "libraries": sum(count for path, count in weight.items() if path.name.partition("-")[0] not in OURS),
    }
    for name, most in HEAVIEST.items():
        require(weights[name] <= most, f"the action installs {weights[name]} bytes ({name}), at most {most}")
    told = ", ".join(f"{name} {count / 1e6:.2f} MB" for name, count in weights.items())
    say(f"what the action installs weighs: {told}")


def check_image(folder: Path) -> None:
    """What Containerfile does works with the files that .dockerignore lets through, and for nobody."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    (step,) = re.findall(r"^RUN (.+)$", text, re.MULTILINE)
    source, target = folder / "source", folder / "opt"
    target.mkdir(parents=True)
    for name in re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, source / name)
    run(
        "env",
        f"PYTHON={sys.executable}",
        "sh",
        "-c",
        step.replace("/source", str(source)).replace("/opt", str(target)),
    )
    (python,) = target.glob("hubscan/*/python")
    estate = ROOT / "reports" / "examples" / "estate"
    run(str(python), "-m", "scanner", "scan", "-q", str(estate), cwd=Path("/"), expected=1)
    run(str(python), "-c", "import azure.identity, azure.mgmt.resource", cwd=Path("/"))


def policy_names() -> list[str]:
    """The policies of this checkout."""
    files = (ROOT / "policies").glob("*.yaml")
    return sorted(
        path.stem for path in files if "\ntransition: true\n" not in path.read_text(encoding="utf-8")
    )


def run(*command: str, cwd: Path = ROOT, expected: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command with an environment of the caller's network settings alone."""
    kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
    with tempfile.TemporaryDirectory(prefix="hubscan-home-") as home:
        done = subprocess.run(
            command, cwd=cwd, env={**kept, "HOME": home}, capture_output=True, text=True, check=False
        )
    require(
        done.returncode == expected,
        f"{' '.join(command)} ended with {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}",
    )
    return done


def require(holds: object, sentence: str) -> None:
    """End the run with a sentence where something does not hold."""
    if not holds:
        sys.exit(f"package: {sentence}")


def say(sentence: str) -> None:
    """One line on standard output."""
    sys.stdout.write(f"package: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
