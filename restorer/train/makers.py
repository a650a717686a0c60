"""The makers of spun text by name: which train a model (`restore train`), and which are kept to measure it on.

| name | makes | trains |
|---|---|---|
| phrases | the hand-written tables and the observed pairs, longest entry first | yes |
| observed | the pairs noted on public spun pages alone | yes |
| wider | further hand-written alternatives, most of them good synonyms | yes |
| thesaurus | WordNet synonyms, inflected, blind to sense | yes |
| related | the Moby Thesaurus, inflected, blind to sense: synonyms and mere relations | yes |
| paraphrases | PPDB word pairs: a source of words kept aside | no |
| neighbours | nearest neighbours of an embedding: a maker kept aside | no |
| guesses | a masked language model's own plausible words | yes |
| terms | tortured phrases of science, half of the terms | yes |
| noise | articles, prepositions, word order, light verbs | yes |
| blend | all these tables in one | yes |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from restorer.errors import FileAccessError, SettingsError
from restorer.segment import Segmented, Shape
from restorer.train.lexicon import (
    WIDER,
    Table,
    authored_table,
    neighbour_table,
    observed_table,
    paraphrase_table,
    related_table,
)
from restorer.train.lexicon import thesaurus_table as wordnet_table
from restorer.train.spinners import MaskedSpinner, Mixture, NoiseSpinner, Spinner, TableSpinner
from restorer.train.terms import term_table

__all__ = ["KEPT_ASIDE", "MAKERS", "MIX", "Makers", "frequencies"]

KEPT_ASIDE = ("paraphrases", "neighbours")
"""One source of words and one maker that never train the shipped model."""

MIX: Mapping[str, float] = {
    "phrases": 0.40, "observed": 0.14, "wider": 0.09, "blend": 0.06, "thesaurus": 0.09, "related": 0.10,
    "guesses": 0.05, "terms": 0.05, "noise": 0.02,
}  # fmt: skip
"""Shares of the makers in the training articles that are spun at all."""

MAKERS = (*MIX, *KEPT_ASIDE)

_CHANNEL = {"phrases": 1.0, "wider": 0.3, "thesaurus": 0.2, "related": 0.15, "terms": 0.5}
"""Weights of the tables that the channel is built from: how likely a page's maker writes like that table."""

_LEAST_NEIGHBOUR = 8e-6


def frequencies(articles: Iterable[Segmented]) -> dict[str, float]:
    """Share of each word among those written in lower case, so that names are not taken for words.

    :param articles: Clean articles.
    :return: Word → share.
    """
    words: Counter[str] = Counter()
    for article in articles:
        words.update(w for w, s in zip(article.words, article.shapes, strict=True) if s == Shape.LOWER)
    total = words.total()
    return {word: n / total for word, n in words.items()}


@dataclass(frozen=True)
class Makers:
    """Builds makers and their tables from the word material that is there.

    :param frequency: Share of each lower-case word in clean text (:func:`frequencies`).
    :param base: Folder of the pretrained encoder, for ``neighbours``.
    :param lexicon: Folder with the word lists that are not part of the package, if any.
    :param generator: Model folder that guesses words, if any.
    :param without: Names of makers to leave out everywhere, the channel included; without ``phrases`` goes ``observed``
        too, whose pairs are part of them.
    """

    frequency: Mapping[str, float]
    base: Path
    lexicon: Path | None = None
    generator: Path | None = None
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Check the names."""
        unknown = sorted(self.without - set(MAKERS))
        if unknown:
            msg = f"{', '.join(unknown)}: no such maker; choose from {', '.join(MAKERS)}"
            raise SettingsError(msg)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables that serve training, by maker."""
        found = {}
        if "phrases" not in self.without:
            found["phrases"] = authored_table()
            if "observed" not in self.without:
                found["phrases"] = found["phrases"].merged(observed_table(), weight=0.5)
        if "wider" not in self.without:
            found["wider"] = authored_table(files=WIDER, decay=0.7)
        if "related" not in self.without:
            found["related"] = related_table(self.frequency)
        if self.lexicon is not None:
            if "thesaurus" not in self.without:
                path = self._list("wordnet_thesaurus.tsv")
                found["thesaurus"] = wordnet_table(path, self.frequency)
            if "terms" not in self.without:
                found["terms"] = term_table(self._list("tortured_phrases.tsv"))
        return found

    def channel_tables(self) -> list[tuple[Table, float]]:
        """Tables that the channel is built from, with their weights."""
        return [(table, _CHANNEL[name]) for name, table in self.tables.items()]

    def everything(self) -> Table:
        """All training tables in one."""
        merged = Table({})
        for table, weight in self.channel_tables():
            merged = merged.merged(table, weight)
        return merged

    def mix(self) -> list[tuple[float, Spinner]]:
        """The makers of the training articles, with their weights; those whose material is missing are left out."""
        return [(MIX[name], self.maker(name)) for name in self.names()]

    def met(self) -> Mixture:
        """What is met in the wild, as far as it is known: half of the spun pages come from the commonest spinner.

        The observed pairs stand for it, where they are not left out; the training mix stands for everything else.
        """
        mix = self.mix()
        if "observed" not in self.names():
            return Mixture(mix)
        return Mixture([(sum(weight for weight, _ in mix), self.maker("observed")), *mix])

    def names(self) -> list[str]:
        """Names of the makers of the training articles."""
        return [name for name in MIX if name not in self.without and self._possible(name)]

    def maker(self, name: str) -> Spinner:
        """A maker by name.

        :param name: One of :data:`MAKERS`.
        :return: The maker.
        :raises SettingsError: if there is no such maker or its material was not given.
        """
        if name == "noise":
            return NoiseSpinner()
        if name == "observed":
            return TableSpinner(observed_table())
        if name == "guesses" and self.generator is not None:
            from restorer.models.onnx import OnnxModel

            return MaskedSpinner(OnnxModel.load(self.generator, threads=1))
        if name == "blend":
            return TableSpinner(self.everything())
        if name == "paraphrases":
            return TableSpinner(paraphrase_table(self._list("ppdb_lexical.tsv"), self.frequency))
        if name == "neighbours":
            return TableSpinner(self._neighbours())
        if name not in self.tables:
            msg = f"{name}: no such maker, or its material was not given; the makers are {', '.join(MAKERS)}"
            raise SettingsError(msg)
        return TableSpinner(self.tables[name])

    def _possible(self, name: str) -> bool:
        if name == "guesses":
            return self.generator is not None
        if name == "observed":
            return "phrases" in self.tables
        return name in self.tables or name == "noise" or (name == "blend" and len(self.tables) > 1)

    def _neighbours(self) -> Table:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        weights = load_file(self.base / "model.safetensors")
        embedding = next(array for name, array in weights.items() if name.endswith("word_embeddings.weight"))
        known = Tokenizer.from_file(str(self.base / "tokenizer.json")).get_vocab()
        common = (w for w, share in self.frequency.items() if share >= _LEAST_NEIGHBOUR and w.isalpha() and len(w) > 2)
        return neighbour_table(embedding, {w: known[w] for w in common if w in known})

    def _list(self, name: str) -> Path:
        path = (self.lexicon or Path()) / name
        if not path.is_file():
            msg = f"{path}: no such file; give the folder with the word lists"
            raise FileAccessError(msg)
        return path
