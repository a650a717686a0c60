from random import Random

import pytest

from restorer.align import join
from restorer.channel import Channel
from restorer.models.features import Pieces
from restorer.segment import segment
from restorer.train.examples import IGNORE, ExampleMaker, Settings, Window, batches, label
from restorer.train.lexicon import Table
from restorer.train.spinners import Edit, TableSpinner
from restorer.train.vocabulary import build_channel, build_vocabulary, count

TABLE = Table.from_weights(
    {
        ("since", "the"): {("for", "the", "reason", "that", "the"): 1.0},
        ("said",): {("mentioned",): 0.7, ("stated",): 0.3},
        ("house",): {("home",): 1.0},
        ("at", "least"): {("a", "minimum"): 1.0},
    }
)
TEXT = "The house was sold since the owner said so. It took at least nine days, the owner said at home. " * 4
MASK, FIRST, LAST = 103, 101, 102


@pytest.fixture(scope="module")
def vocabulary() -> list[str]:
    return build_vocabulary(count([segment(TEXT).words], TABLE), TABLE)


@pytest.fixture(scope="module")
def channel(vocabulary: list[str]) -> Channel:
    return build_channel(count([segment(TEXT).words], TABLE), [(TABLE, 1.0)], vocabulary)


def maker(vocabulary: list[str], channel: Channel, **settings: float) -> ExampleMaker:
    known: dict[str, int] = {}
    pieces = Pieces(lambda word: [200 + known.setdefault(word, len(known))], unknown=1)
    special = (FIRST, LAST, MASK)
    return ExampleMaker(TableSpinner(TABLE), [channel], vocabulary, pieces, special, Settings(**settings))  # type: ignore[arg-type]


def test_vocabulary_begins_with_delete_and_holds_every_original(vocabulary: list[str]) -> None:
    assert vocabulary[0] == ""
    assert {"said", "house", "since", "at", "least"} <= set(vocabulary)
    assert len(vocabulary) == len(set(vocabulary))


def test_the_channel_knows_where_each_spun_form_comes_from(vocabulary: list[str], channel: Channel) -> None:
    forms = {f.words: f for f in channel.forms}
    assert {("mentioned",), ("home",), ("a", "minimum")} <= set(forms)
    said = forms[("mentioned",)]
    assert [vocabulary[w] for w in said.wordings] == ["said"]
    # People write "home" themselves, "mentioned" never does anybody here.
    assert said.log_odds > forms[("home",)].log_odds


def test_labels_turn_the_spun_words_back_into_the_original(vocabulary: list[str]) -> None:
    article = segment("It fell since the owner said so.")
    edits = [Edit(2, 2, ("for", "the", "reason", "that", "the")), Edit(5, 1, ("mentioned",))]
    spun = label(article, edits, {w: i for i, w in enumerate(vocabulary)})
    assert spun.spun.tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 0]
    undone = [vocabulary[t] if t != IGNORE else w for w, t in zip(spun.words, spun.targets, strict=True)]
    assert join([w for w in undone if w]) == join(article.words)


def windows(made: ExampleMaker, seed: int = 1) -> list[Window]:
    return list(made.make(TEXT, Random(seed)))


def test_untouched_articles_have_no_spun_word(vocabulary: list[str], channel: Channel) -> None:
    clean = windows(maker(vocabulary, channel, untouched=1.0, masked=0.0))
    assert all(set(w.spun) == {0} and set(w.targets) == {IGNORE} for w in clean)


def test_masked_words_are_hidden_and_asked_for(vocabulary: list[str], channel: Channel) -> None:
    made = maker(vocabulary, channel, untouched=1.0, masked=0.5)
    for window in windows(made):
        hidden = [i for i, head in enumerate(window.heads) if window.pieces[head] == MASK]
        assert hidden
        assert all(window.spun[i] == IGNORE and window.targets[i] != IGNORE for i in hidden)


def test_priors_come_with_spun_words_and_not_where_the_channel_is_blind(
    vocabulary: list[str], channel: Channel
) -> None:
    seeing = [
        w for seed in range(5) for w in windows(maker(vocabulary, channel, untouched=0.0, blind=0.0, hidden=0.0), seed)
    ]
    blind = [w for seed in range(5) for w in windows(maker(vocabulary, channel, untouched=0.0, blind=1.0), seed)]
    assert any(w.priors for w in seeing)
    assert not any(w.priors for w in blind)
    assert all(w.targets[index] != IGNORE for w in seeing for index, _, _ in w.priors)


def test_batches_keep_every_word_with_its_label(vocabulary: list[str], channel: Channel) -> None:
    made = [w for seed in range(6) for w in windows(maker(vocabulary, channel, untouched=0.0), seed)]
    collated = list(batches(iter(made), Random(0), tokens=128))
    assert sum(len(b.heads) for b in collated) == sum(len(w.heads) for w in made)
    assert sum(int((b.spun == 1).sum()) for b in collated) == sum(w.spun.count(1) for w in made)
    for batch in collated:
        assert batch.pieces.size <= 128 or len(batch.pieces) == 1
        assert (batch.pieces.reshape(-1)[batch.heads] != 0).all()
        assert len(batch.chosen) == len(batch.targets)
