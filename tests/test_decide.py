from dataclasses import replace

import pytest

from restorer.config import QuotePolicy, Settings
from restorer.decide import Policy, thresholds_for
from restorer.errors import SettingsError
from restorer.types import Alternative, Calibration, DocumentSummary, Evidence, Finding

CALIBRATION = Calibration(fpr=(0.0001, 0.01), flag=(0.9, 0.5), edit=(0.8, 0.4))


def finding(*, posterior: float = 0.7, confidence: float = 0.7, quoted: bool = False) -> Finding:
    evidence = Evidence(model_probability=0.9, document_prior=0.2, posterior=posterior)
    return Finding(
        start=0,
        end=9,
        text="mentioned",
        replacement="said",
        confidence=confidence,
        applied=False,
        kind="wording",
        in_quotation=quoted,
        alternatives=(Alternative("said", confidence),),
        evidence=evidence,
    )


def decided(
    candidate: Finding, quotes: QuotePolicy = "restore", flag: float = 0.6, edit: float = 0.6
) -> Finding | None:
    return next(iter(Policy(quotes)((candidate,), flag, edit)), None)


def test_an_edit_is_applied_from_its_confidence_and_flagged_from_its_posterior() -> None:
    sure = decided(finding())
    assert sure is not None
    assert sure.applied
    doubtful = decided(finding(confidence=0.5))
    assert doubtful is not None
    assert not doubtful.applied
    assert decided(finding(posterior=0.5, confidence=0.5)) is None


def test_verse_and_tables_need_near_certainty_even_where_quotations_were_spun() -> None:
    candidate = finding(confidence=0.9)
    guarded = replace(candidate, evidence=replace(candidate.evidence, guard="verse"))
    doubtful = Policy(quotes_spun=True)((guarded,), 0.6, 0.6)[0]
    assert not doubtful.applied
    assert Policy()((replace(guarded, confidence=0.93),), 0.6, 0.6)[0].applied


def test_quotations_need_more_confidence_and_can_be_flagged_only_or_skipped() -> None:
    quoted = finding(quoted=True, confidence=0.65)
    barely = decided(quoted)
    assert barely is not None
    assert not barely.applied
    certain = decided(replace(quoted, confidence=0.95))
    assert certain is not None
    assert certain.applied
    flagged = decided(replace(quoted, confidence=0.99), "flag")
    assert flagged is not None
    assert not flagged.applied
    assert decided(quoted, "skip") is None


def test_quotations_known_to_be_spun_need_no_more_than_the_rest() -> None:
    quoted = finding(quoted=True, confidence=0.65)
    assert [f.applied for f in Policy(quotes_spun=True)((quoted,), 0.6, 0.6)] == [True]
    assert [f.applied for f in Policy(quotes_spun=False)((quoted,), 0.6, 0.6)] == [False]


@pytest.mark.parametrize("kind", ["leftover", "reference"])
def test_what_is_read_off_a_rule_or_a_clean_copy_is_always_applied(kind: str) -> None:
    item = replace(finding(posterior=0.1, confidence=0.1), kind=kind)  # type: ignore[arg-type]
    kept = decided(item, flag=0.999, edit=0.999)
    assert kept is not None
    assert kept.applied


def test_a_finding_without_a_wording_is_never_applied() -> None:
    kept = decided(replace(finding(confidence=1.0), replacement=None))
    assert kept is not None
    assert not kept.applied


def test_ignored_words_are_not_even_flagged() -> None:
    policy = Policy.from_settings(Settings(ignore_words=frozenset({"mentioned"})))
    assert policy((finding(),), 0.1, 0.1) == ()
    assert policy((replace(finding(), text="Mentioned"),), 0.1, 0.1) == ()
    assert len(policy((replace(finding(), text="unmentioned"),), 0.1, 0.1)) == 1


def test_a_lower_requested_rate_never_lowers_a_threshold() -> None:
    rates = (0.01, 0.003, 0.001, 0.0003, 0.0001)
    pairs = [thresholds_for(CALIBRATION, fpr=rate) for rate in rates]
    assert pairs == sorted(pairs)


@pytest.mark.parametrize(("fpr", "threshold"), [(None, None), (0.1, 0.1), (None, 1.5), (None, -0.1), (0.0, None)])
def test_values_that_make_no_sense_are_refused(fpr: float | None, threshold: float | None) -> None:
    with pytest.raises(SettingsError, match=r"\d|None"):
        thresholds_for(CALIBRATION, fpr=fpr, threshold=threshold)


def test_a_policy_for_flags_or_against_quotations_binds_even_what_is_certain() -> None:
    item = replace(finding(quoted=True), kind="leftover")
    flagged = decided(item, "flag")
    assert flagged is not None
    assert not flagged.applied
    assert decided(item, "skip") is None


def test_the_thresholds_themselves_are_enough() -> None:
    exact = decided(finding(posterior=0.6, confidence=0.6))
    assert exact is not None
    assert exact.applied


def test_threshold_zero_applies_every_edit_outside_quotations_and_one_none_that_is_doubtful() -> None:
    loose = decided(finding(posterior=0.0, confidence=0.0), flag=0.0, edit=0.0)
    assert loose is not None
    assert loose.applied
    assert decided(finding(posterior=0.99, confidence=0.99), flag=1.0, edit=1.0) is None


def test_an_ignored_word_spares_the_phrase_it_stands_in() -> None:
    phrase = replace(finding(), text="boots on the Bottom", end=19)
    assert Policy(ignored=frozenset({"bottom"}))((phrase,), 0.1, 0.1) == ()
    assert Policy(ignored=frozenset({"boots on the bottom"}))((phrase,), 0.1, 0.1) == ()
    assert len(Policy(ignored=frozenset({"bot"}))((phrase,), 0.1, 0.1)) == 1


def test_settings_and_the_documents_figures_reach_the_policy() -> None:
    settings = Settings(quotes="skip", ignore_words=frozenset({"x"}))
    summary = DocumentSummary(900, 0.97, 0.3, True, None, 0)
    assert Policy.from_settings(settings, summary) == Policy("skip", frozenset({"x"}), True)
    assert Policy.from_settings(settings, replace(summary, spun_probability=0.01)).looks_clean


def test_where_the_text_looks_clean_only_a_near_certain_edit_is_applied() -> None:
    policy = Policy(looks_clean=True)
    assert [f.applied for f in policy((finding(confidence=0.85), finding(confidence=0.95)), 0.6, 0.6)] == [False, True]


def test_who_names_a_threshold_or_allows_more_false_alarms_gets_it_where_the_text_looks_clean_too() -> None:
    policy, doubtful = Policy(looks_clean=True), (finding(confidence=0.85, posterior=0.95),)
    asked = [{"threshold": 0.6}, {"fpr": 0.01}, {"fpr": 0.0005}]
    assert [policy(doubtful, *thresholds_for(CALIBRATION, **how))[0].applied for how in asked] == [True, True, False]


def test_a_finding_that_is_flagged_only_says_what_was_asked_of_its_edit() -> None:
    plain, clean = (Policy(looks_clean=clean)((finding(confidence=0.5),), 0.1, 0.6)[0] for clean in (False, True))
    assert (plain.applied, plain.evidence.asked) == (False, 0.6)
    assert clean.evidence.asked == pytest.approx(0.92)
    assert Policy()((finding(confidence=0.7),), 0.1, 0.6)[0].evidence.asked == 0.0
    assert Policy("flag")((replace(finding(), in_quotation=True),), 0.1, 0.1)[0].evidence.asked == 1.0


@pytest.mark.parametrize("phrase", ["white home", "WHITE   HOME", "the white home", "white", "home", "white home’s"])
def test_a_phrase_spares_every_span_that_contains_it(phrase: str) -> None:
    span = replace(finding(), text="The White\n Home’s men")
    assert Policy(ignored=frozenset({phrase}))((span,), 0.1, 0.1) == ()


@pytest.mark.parametrize("phrase", ["white home", "hite", "white home men", "semi", "home me", "-", " "])
def test_a_phrase_is_whole_words(phrase: str) -> None:
    span = replace(finding(), text="semi-White Home, men")
    assert len(Policy(ignored=frozenset({phrase}))((span,), 0.1, 0.1)) == 1


@pytest.mark.parametrize(
    ("text", "spared"),
    [
        ("the White Home", True),
        ("the White\r\nHome’s men", True),
        ("a ‘white home’ again", True),
        ("off-white home", False),
        ("white home-made", False),
        ("white homes", False),
        ("white. Home", False),
    ],
)
def test_in_a_known_text_a_phrase_spares_its_parts(text: str, spared: bool) -> None:
    start = text.lower().index("home")
    part = replace(finding(), start=start, end=start + 4, text=text[start : start + 4])
    assert (Policy(ignored=frozenset({"white home"}), text=text)((part,), 0.1, 0.1) == ()) is spared


def test_what_lies_beside_an_ignored_phrase_is_flagged() -> None:
    policy = Policy(ignored=frozenset({"white home", "white home office"}), text="White Home office mentioned")
    spans = [(0, 5), (6, 10), (11, 17), (18, 27)]
    found = policy(tuple(replace(finding(), start=a, end=b, text=policy.text[a:b]) for a, b in spans), 0.1, 0.1)
    assert [f.text for f in found] == ["mentioned"]
