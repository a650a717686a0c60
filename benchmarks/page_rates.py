"""What probability of being spun clean pages get: sets the threshold of ``restore sites --fpr``.

python -m benchmarks.page_rates CORPUS

Held-out articles of the sources that nothing is measured on; writes ``restorer/sites/page_rates.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.common import ROOT, default_restorer
from restorer.train.corpus import MEASURED_SOURCES, held_out, read_folder

KEPT = 0.1
"""Share of the pages whose probabilities are written: no looser rate is any use."""


def main(corpus: Path) -> None:
    restorer = default_restorer()
    pages = (a.text for a in read_folder(corpus) if a.source not in MEASURED_SOURCES and held_out(a))
    results = list(restorer.restore_many(text for text in pages if len(text) > 600))
    highest = sorted((result.summary.spun_probability for result in results), reverse=True)
    data = {"model": restorer.model.name, "pages": len(results), "highest": highest[: int(KEPT * len(highest))]}
    path = ROOT / "restorer" / "sites" / "page_rates.json"
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")
    print(data["model"], data["pages"], highest[:5])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
