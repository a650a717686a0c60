from restorer.train.vocabulary import build_collocations

TEXT = "The prime minister met the press. A cold wind met the old town. The prime minister left the town. "


def test_words_met_side_by_side_more_than_by_chance_are_collocations() -> None:
    pairs = build_collocations([TEXT] * 20, [])
    assert pairs["prime", "minister"] > 1.5
    assert ("the", "town") not in pairs
    assert ("minister", "met") not in pairs or pairs["minister", "met"] < pairs["prime", "minister"]


def test_a_sentence_end_between_two_words_parts_them() -> None:
    assert ("press", "cold") not in build_collocations(["press. cold " * 50], [])


def test_terms_that_the_articles_lack_are_collocations_too() -> None:
    pairs = build_collocations(["It said so of the one and the other, again and again. " * 40_000], ["Random forest"])
    assert pairs["random", "forest"] > 1.5


def test_what_stood_there_a_few_times_by_accident_is_none() -> None:
    assert ("rare", "accident") not in build_collocations(["It was a rare accident. ", "Nothing else. " * 500], [])
