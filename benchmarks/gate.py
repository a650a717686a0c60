"""Refuse figures that got worse.

python benchmarks/gate.py                              compare committed results with the floors; exit 1 on any miss
python benchmarks/gate.py --update                     raise floors to what the results allow
python benchmarks/gate.py --update --allow-regression  also lower them

``earlier.json`` names results that stand although an earlier model made them, each with its model and the reason; they
are printed. Any other result must be the committed model's.

``floors.json`` is a list of {"result", "key", "min" or "max", "slack"}: the dotted key of a figure in
``results/RESULT.json``, its bound, and how far an update keeps the bound from the figure (machines are noisy).
"""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent / "models" / "small" / "SHA256SUMS"

Floor = dict[str, Any]


def figure(results: Path, floor: Floor) -> float | None:
    """The measured figure a floor is about; None when there is none.

    Keys are dotted, and a part may itself hold dots as long as it is the longest that fits.
    """
    path = results / f"{floor['result']}.json"
    if not path.is_file():
        return None
    value: Any = json.loads(path.read_text(encoding="utf-8"))
    parts = floor["key"].split(".")
    while parts:
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            if isinstance(value, dict) and name in value:
                value, parts = value[name], parts[length:]
                break
        else:
            return None
    return float(value) if isinstance(value, int | float) else None


def holds(floor: Floor, value: float | None) -> bool:
    """Whether a figure keeps to its bound."""
    if value is None:
        return False
    return value >= float(floor["min"]) if "min" in floor else value <= float(floor["max"])


def stale(results: Path, model: Path, allowed: dict[str, dict[str, str]]) -> list[str]:
    """Results that were made neither with the committed model nor with the one they are allowed to be of."""
    digest = sha256(model.read_bytes()).hexdigest()
    made_with = {
        path.stem: json.loads(path.read_text(encoding="utf-8")).get("model_sha256")
        for path in sorted(results.glob("*.json"))
    }
    return [
        name
        for name, made in made_with.items()
        if made != digest and (name not in allowed or made != allowed[name]["model_sha256"])
    ]


def earlier(here: Path) -> dict[str, dict[str, str]]:
    """Results that may be an earlier model's: name → its ``model_sha256``, ``version`` and the ``reason``."""
    path = here / "earlier.json"
    found: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def check(floors: list[Floor], here: Path, model: Path) -> list[str]:
    """Every miss as one line; prints the table."""
    results, allowed = here / "results", earlier(here)
    names = stale(results, model, allowed)
    misses = [f"{name}: made with another model; run python -m benchmarks.{name}" for name in names]
    for name, entry in allowed.items():
        print(f"older {name}: of model version {entry['version']} ({entry['reason']})")
    for floor in floors:
        value = figure(results, floor)
        bound = f"at least {floor['min']:g}" if "min" in floor else f"at most {floor['max']:g}"
        shown = "missing" if value is None else f"{value:g}"
        line = f"{floor['result']}: {floor['key']}  {shown}  ({bound})"
        print(("ok    " if holds(floor, value) else "MISS  ") + line)
        if not holds(floor, value):
            misses.append(line)
    return misses


def updated(floors: list[Floor], results: Path, *, lower: bool) -> tuple[list[Floor], list[str]]:
    """Floors moved up to the results, and the ones that would have to be lowered."""
    moved, refused = [], []
    for floor in floors:
        value = figure(results, floor)
        kind, sign = ("min", 1.0) if "min" in floor else ("max", -1.0)
        wanted = floor[kind] if value is None else round(value - sign * floor.get("slack", 0.0), 6)
        if sign * (wanted - floor[kind]) < 0 and not lower:
            if not holds(floor, value):
                refused.append(f"{floor['result']}: {floor['key']} would go from {floor[kind]:g} to {wanted:g}")
            wanted = floor[kind]
        moved.append(floor | {kind: wanted})
    return moved, refused


def main(arguments: list[str], here: Path = HERE, model: Path = MODEL) -> int:
    """Check or update; 0 when all is well."""
    path, results = here / "floors.json", here / "results"
    floors: list[Floor] = json.loads(path.read_text(encoding="utf-8"))
    if "--update" not in arguments:
        misses = check(floors, here, model)
        print("\n".join(misses), file=sys.stderr)
        return 1 if misses else 0
    moved, refused = updated(floors, results, lower="--allow-regression" in arguments)
    if refused:
        print("\n".join([*refused, "refused; --allow-regression lowers floors"]), file=sys.stderr)
        return 1
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(moved, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
