from pathlib import Path
from random import Random

import numpy as np
import pytest

from restorer.errors import FileAccessError, SettingsError
from restorer.segment import segment
from restorer.train.lexicon import authored_table, neighbour_table, observed_table
from restorer.train.makers import KEPT_ASIDE, MIX, Makers, frequencies
from restorer.train.spinners import Options

TEXT = "The council said on Monday that the large house would be sold, and the buyer said no."


@pytest.fixture
def lexicon(tmp_path: Path) -> Path:
    rows = {
        "wordnet_thesaurus.tsv": "word\tpos\tsynonyms\nbuyer\tnoun\tpurchaser|emptor\n",
        "tortured_phrases.tsv": "tortured\texpected\tpapers\n",
        "ppdb_lexical.tsv": "word\tparaphrase\nlarge\thuge\nsold\tflogged\n",
    }
    for name, text in rows.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def makers(lexicon: Path | None = None, *without: str) -> Makers:
    frequency = frequencies([segment(TEXT), segment("a huge crowd flogged on")])
    return Makers(frequency, Path("nowhere"), lexicon, without=frozenset(without))


def test_words_in_capitals_and_names_do_not_count_as_words() -> None:
    shares = frequencies([segment(TEXT)])
    assert "monday" not in shares
    assert shares["said"] == 2 * shares["house"]


def test_what_is_kept_aside_never_trains(lexicon: Path) -> None:
    assert not set(KEPT_ASIDE) & set(makers(lexicon).names())
    assert ("flogged",) not in makers(lexicon).everything().entries.get(("sold",), {})


@pytest.mark.parametrize("left_out", ["phrases", "observed", "wider", "thesaurus"])
def test_no_pair_of_a_maker_that_is_left_out_remains_in_another(lexicon: Path, left_out: str) -> None:
    everything, without = makers(lexicon), makers(lexicon, left_out)
    table = observed_table() if left_out == "observed" else everything.tables[left_out]
    others = [t.entries for name, t in everything.tables.items() if name != left_out]
    if left_out == "observed":
        others = [
            authored_table().entries,
            *(everything.tables[name].entries for name in ("wider", "thesaurus", "related")),
        ]
    remaining = without.everything().entries
    own = [(h, s) for h, row in table.entries.items() for s in row if not any(s in o.get(h, {}) for o in others)]
    assert own
    assert not [(h, s) for h, s in own if s in remaining.get(h, {})]
    assert left_out not in without.names()


def test_a_maker_left_out_is_in_no_table_no_channel_and_no_mix(lexicon: Path) -> None:
    everything, fewer = makers(lexicon), makers(lexicon, "thesaurus")
    assert ("purchaser",) in everything.tables["thesaurus"].entries[("buyer",)]
    assert "thesaurus" not in fewer.tables
    assert len(fewer.channel_tables()) == len(everything.channel_tables()) - 1
    assert len(fewer.mix()) == len(everything.mix()) - 1
    assert ("emptor",) not in fewer.everything().entries.get(("buyer",), {})


def test_without_word_lists_or_a_generator_the_makers_that_need_none_remain() -> None:
    remaining = ("phrases", "observed", "wider", "related", "blend", "noise")
    assert [weight for weight, _ in makers().mix()] == [MIX[name] for name in MIX if name in remaining]


def test_paraphrases_replace_words_by_their_pairs(lexicon: Path) -> None:
    edits = makers(lexicon).maker("paraphrases").spin(segment(TEXT), Options(), Random(1))
    assert {e.spun for e in edits} <= {("huge",), ("flogged",)}
    assert edits


def test_unknown_makers_and_missing_lists_are_errors_that_name_them(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="spiner: no such maker; choose from phrases"):
        makers(None, "spiner")
    with pytest.raises(SettingsError, match="guesses"):
        makers().maker("guesses")
    with pytest.raises(FileAccessError, match=r"ppdb_lexical\.tsv"):
        makers(tmp_path).maker("paraphrases")


def test_neighbours_are_the_nearest_words_that_are_not_the_same_word() -> None:
    embedding = np.array([[1.0, 0.0], [0.99, 0.1], [0.9, 0.3], [0.0, 1.0]], np.float32)
    words = {"housing": 0, "houses": 1, "home": 2, "banana": 3}
    table = neighbour_table(embedding, words, most=1).entries
    assert table[("houses",)] == {("home",): 1.0}
    assert table[("housing",)] == {("home",): 1.0}
    assert table[("home",)] == {("houses",): 1.0}
