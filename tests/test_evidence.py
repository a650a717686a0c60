import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from restorer.evidence import DocumentEvidence, Kinds, find_leftovers, weigh
from restorer.segment import segment

PRIOR = 0.2


def judged(text: str, spun: dict[str, float], quiet: float = -5.0) -> tuple[list[str], DocumentEvidence]:
    words = segment(text)
    logits = np.array([spun.get(w, quiet) for w in words.words], np.float32)
    return words.words, weigh(words, logits, PRIOR)


PLAIN = "The council met again and nobody could agree on what the budget ought to be this year . " * 12


def test_a_lone_suspicious_word_in_a_clean_document_is_let_go() -> None:
    words, evidence = judged(PLAIN + "He mentioned it.", {"mentioned": 3.0})
    assert evidence.posterior[words.index("mentioned")] < 0.5
    assert evidence.density < 0.01


def test_the_same_word_among_many_others_is_not() -> None:
    spun = {"council": 3.0, "agree": 3.0, "budget": 3.0, "again": 3.0, "mentioned": 3.0}
    words, evidence = judged(PLAIN + "He mentioned it.", spun)
    assert evidence.posterior[words.index("mentioned")] > 0.9
    assert evidence.density > 0.1
    assert evidence.surprise > 20


SPUN_PAGE = PLAIN + "He mentioned the gathering and additionally the prolonged chamber."
SPUN_WORDS = {"mentioned": 4.0, "gathering": 3.0, "additionally": 4.0, "prolonged": 3.0, "chamber": 2.0}


def test_the_density_is_the_share_of_words_to_be_expected_spun() -> None:
    words, evidence = judged(SPUN_PAGE, SPUN_WORDS)
    alpha = [word.isalpha() for word in words]
    assert evidence.density == pytest.approx(evidence.posterior.sum() / sum(alpha))
    assert 2 / sum(alpha) < evidence.density < 7 / sum(alpha)


def test_what_else_speaks_for_the_page_speaks_for_its_words() -> None:
    words = segment(PLAIN + "He mentioned it.")
    logits = np.array([{"mentioned": 4.0}.get(w, -5.0) for w in words.words], np.float32)
    alone, copied = weigh(words, logits, PRIOR), weigh(words, logits, PRIOR, known=6.0)
    place = words.words.index("mentioned")
    assert copied.posterior[place] > 2 * alone.posterior[place]
    assert copied.surprise == alone.surprise


def test_a_page_that_looks_honest_as_a_whole_vouches_for_its_words() -> None:
    words, kinds = segment(PLAIN + "He mentioned it."), Kinds(page=False)
    logits = np.array([{"mentioned": 4.0}.get(w, -5.0) for w in words.words], np.float32)
    place = words.words.index("mentioned")
    assert weigh(words, logits, PRIOR).posterior[place] < weigh(words, logits, PRIOR, kinds).posterior[place]


def test_short_spun_text_speaks_for_itself() -> None:
    words, evidence = judged(
        "The keen allies mentioned boots upon the bottom", {"keen": 5, "mentioned": 6, "bottom": 6}
    )
    assert evidence.posterior[words.index("bottom")] > 0.5


QUOTED = "He said “the chamber could shortly adequate the plenty of gatherings there” to them . "


def test_quotations_that_were_spared_need_more_evidence_than_the_rest() -> None:
    text = "The council mentioned the gathering and additionally the prolonged chamber . " * 8
    text += QUOTED * 5 + "He said “it might end there” ."
    spun = {"mentioned": 4.0, "gathering": 4.0, "additionally": 4.0, "prolonged": 4.0, "might": 1.0}
    words, evidence = judged(text, spun)
    assert evidence.quotes_spun is False
    assert evidence.options[words.index("might")] < -1
    assert evidence.posterior[words.index("might")] < evidence.posterior[words.index("gathering")]


def test_quotations_that_were_spun_are_told_as_such() -> None:
    text = "The council mentioned the gathering and additionally the prolonged chamber . " * 8 + QUOTED * 5
    spun = {"mentioned": 4.0, "gathering": 4.0, "additionally": 4.0, "could": 4.0, "shortly": 4.0, "adequate": 4.0}
    assert judged(text, spun)[1].quotes_spun is True


def test_nothing_is_said_of_quotations_where_there_are_none() -> None:
    evidence = judged(PLAIN, {"council": 4.0})[1]
    assert evidence.quotes_spun is None


def test_other_occurrences_lift_a_doubtful_one() -> None:
    words = segment("assault then assault then assault")
    logits = np.array([4.0, -4.0, 4.0, -4.0, -1.0], np.float32)
    evidence = weigh(words, logits, PRIOR)
    assert evidence.peers[4] > evidence.peers[0] > 0
    assert evidence.peers[1] == 0
    assert evidence.occurrences.tolist() == [3, 2, 3, 2, 3]


def test_occurrences_the_spinner_was_kept_from_do_not_borrow_suspicion() -> None:
    text = "The council mentioned the gathering and additionally the prolonged chamber . " * 8
    text += QUOTED * 5 + "He said “the prolonged wait could end there” ."
    words = segment(text)
    logits = np.full(len(words), -5.0, np.float32)
    for index, word in enumerate(words.words):
        if word in ("mentioned", "gathering", "additionally", "prolonged") and not words.quoted[index]:
            logits[index] = 4.0
    last = len(words) - 1 - words.words[::-1].index("prolonged")
    logits[last] = 0.0
    evidence = weigh(words, logits, PRIOR)
    assert evidence.quotes_spun is False
    assert evidence.posterior[last] < 0.5


def test_numbers_punctuation_and_addresses_are_never_spun() -> None:
    evidence = judged("See https://keen.example/bottom , 300 !", {}, quiet=12.0)[1]
    words = segment("See https://keen.example/bottom , 300 !")
    assert evidence.posterior[words.words.index("see")] > 0
    assert not evidence.posterior[words.protected].any()
    assert evidence.posterior[words.words.index("300")] == 0


@pytest.mark.parametrize("text", ["", "... !!!", "12 34", "https://a.example/b"])
def test_texts_without_words_have_evidence_too(text: str) -> None:
    evidence = judged(text, {})[1]
    assert np.isfinite(evidence.posterior).all()
    assert np.isfinite(evidence.surprise)


@pytest.mark.parametrize(
    ("text", "found", "replacement"),
    [
        ("about two,500 people", "two", "2"),
        ("by three.4% in May", "three", "3"),
        ("Ninety,000 fans", "Ninety", "90"),
        ("said {that a} deal", "{that a}", "that a"),
        ("a {big|large|huge} house", "{big|large|huge}", "big"),
        ("a {big |large} house", "{big |large}", "big"),
        ("👩‍👩‍👧 é\r\nabout TWELVE,000 people", "TWELVE", "12"),
        ("“{that a} deal”", "{that a}", "that a"),
    ],
)
def test_leftovers_only_a_spinner_makes(text: str, found: str, replacement: str) -> None:
    (item,) = find_leftovers(text)
    assert text[item.start : item.end] == found
    assert item.replacement == replacement


@pytest.mark.parametrize(
    "text",
    [
        "2,500 people",
        "two, 500 metres apart",
        "f(x) = {x: 1}",
        '{"key": "value"}',
        "{{template}}",
        "${HOME}",
        "twenty-two,500 of them",
        "1.two.5",
        "ſix,500 or fıve.5",
        r"\emph{very nice work} and \frac{a b}{c d}",
        "title = {The Big House}",
        "a{b|c}d",
        "the set {x | x in S}",
        '{"name": "big|large"}',
        "{that\na}",
        "{x} and {}",
        "* `name` {string|URL} Name of the file",
        "  * `end` {number|string} When it ends",
        "* {number|string}",
        "* Returns: {first|second}",
        "takes {net.Socket|stream} and gives {Buffer|TypedArray}",
        "{a1}",
        "one.two",
    ],
)
def test_honest_text_has_no_leftovers(text: str) -> None:
    assert find_leftovers(text) == []


def test_leftovers_come_in_order_of_position() -> None:
    text = "{that a} two,500 {big|large} three.4%"
    found = find_leftovers(text)
    assert [text[i.start : i.end] for i in found] == ["{that a}", "two", "{big|large}", "three"]
    assert [i.kind for i in found] == ["spin syntax", "half-spelled number"] * 2


CAPITALS = "Boris Carla Dmitri Elena Farid Greta Henrik Ingrid met . "


def test_capitals_that_were_spared_are_told_from_those_that_were_spun() -> None:
    text = "the council mentioned the gathering and additionally the prolonged chamber . " * 8 + CAPITALS * 5
    spun = {"mentioned": 4.0, "gathering": 4.0, "additionally": 4.0, "prolonged": 4.0}
    assert judged(text, spun)[1].capitals_spun is False
    some = {"boris": 4.0, "elena": 4.0, "greta": 4.0}
    assert judged(text, spun | some)[1].capitals_spun is True
    assert judged(text, {})[1].capitals_spun is None


def test_a_word_inside_an_address_says_nothing_of_the_word_in_the_text() -> None:
    spun = {"assault": 1.0, "keen": 4.0}
    alone, addressed = "a keen assault there", "a keen assault there https://a.example/assault/assault"
    words, evidence = judged(addressed, spun)
    assert evidence.peers[words.index("assault")] == 0
    assert evidence.occurrences[words.index("assault")] == 1
    assert evidence.posterior[words.index("assault")] == judged(alone, spun)[1].posterior[words.index("assault")]


def test_other_occurrences_that_look_honest_lower_a_suspicious_one() -> None:
    words = segment("assault " * 6)
    evidence = weigh(words, np.array([2.0] + [-5.0] * 5, np.float32), PRIOR)
    assert evidence.peers[0] < 0
    assert evidence.posterior[0] < 1 / (1 + np.exp(-2.0))


odd = st.sampled_from(["the", "Keen", "KEEN", "“quoted", "end”", ".", "12", "https://a.example/keen", "\n", "keen"])


@given(st.lists(st.tuples(odd, st.floats(-1e9, 1e9, width=32)), max_size=60), st.floats(0.01, 0.9))
def test_probabilities_are_probabilities_whatever_the_model_says(rows: list[tuple[str, float]], prior: float) -> None:
    words = segment(" ".join(word for word, _ in rows))
    logits = np.array([value for _, value in rows] * 9, np.float32)[: len(words)]
    evidence = weigh(words, np.resize(logits, len(words)), prior)
    assert ((evidence.posterior >= 0) & (evidence.posterior <= 1)).all()
    assert np.isfinite(evidence.peers).all()
    assert np.isfinite(evidence.options).all()
    assert np.isfinite(evidence.surprise)
    assert 0 <= evidence.density <= 1
    assert not evidence.posterior[words.protected].any()


def test_an_odd_name_that_comes_back_says_no_more_of_the_document_than_one_occurrence() -> None:
    once = judged(
        "the firm called mentioned met the council on the old road and left . " + "it rained again . " * 60,
        {"mentioned": 4.0},
    )
    often = judged(
        "the firm called mentioned met the council on the old road and left . " * 12 + "it rained again . " * 60,
        {"mentioned": 4.0},
    )
    assert often[1].surprise < once[1].surprise + 1.0


def test_different_odd_words_add_up() -> None:
    filler = "it rained again . " * 60
    one = judged("the council mentioned it . " + filler, {"mentioned": 4.0})[1].surprise
    three = judged(
        "the council mentioned the gathering and additionally it . " + filler,
        {"mentioned": 4.0, "gathering": 4.0, "additionally": 4.0},
    )[1].surprise
    assert three > one + 1.5


LONG = " ".join(f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(300)).replace("word", "w")


def page(spun: int, logit: float, quiet: float = -4.5) -> float:
    words = segment(LONG)
    logits = np.full(len(words), quiet, np.float32)
    logits[:: len(words) // max(spun, 1)][:spun] = logit
    return weigh(words, logits, 0.35).surprise


def test_a_handful_of_words_too_few_for_the_documents_rate_still_speak_for_its_being_spun() -> None:
    clean, light, heavy = page(0, 0.0), page(6, 3.5), page(40, 3.5)
    assert clean < 0
    assert light > 3
    assert heavy > light + 10


def test_an_honest_text_has_no_evidence_against_it_however_long_or_short() -> None:
    words = segment("The council met again and nobody could agree .")
    short = weigh(words, np.full(len(words), -4.5, np.float32), 0.35).surprise
    assert -1.0 < short < 0.0
    assert page(0, 0.0) < 0.0


def test_quotations_left_alone_take_nothing_from_what_the_rest_says() -> None:
    spun = "The chamber mentioned assorted prolonged gatherings shortly adequate keen plentiful . "
    quoted = "He said “nobody could agree on what the yearly budget ought to look like for everyone here” today . "
    values = []
    for text in (spun, spun + quoted, spun + quoted.replace("“", "").replace("”", "")):
        words = segment(text)
        logits = np.array([3.0 if w in spun.split() and w != "." else -5.0 for w in words.words], np.float32)
        values.append(weigh(words, logits, 0.35).surprise)
    assert values[0] > values[1] > values[2] + 1.0
