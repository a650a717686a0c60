"""Restoring from clean copies."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from restorer.errors import FileAccessError
from restorer.references import Reading, Reference, ReferenceEdit, References
from restorer.segment import Segmented, segment

CLEAN = """Harbour bridge at Tolvik closes for repairs

The old harbour bridge at Tolvik will close on Monday for 14 weeks, the mayor, Ingrid Halvorsen, said at a news \
conference on Thursday.

Engineers found cracks in two of the main supports last month. "We were lucky to find them before the winter storms," \
said Halvorsen, who has long called for a new crossing.

Drivers will have to use the Sandnes tunnel instead, which adds 25 minutes to most journeys. However, buses will keep \
running if they are given priority at the tunnel entrance.

The repairs will cost 2,500 kroner for each household in town, according to the council. Shopkeepers on the harbour \
side said they could lose up to 30% of their trade because people would stay at home.

"Nobody asked us," said Per Lunde, the owner of a bakery near the quay. He plans to ask the government in Oslo for help.
"""

SPUN = """Harbour bridge at Tolvik shuts for repairs

The outdated harbour bridge at Tolvik will shut on Monday for 14 weeks, the mayor, Ingrid Halvorsen, mentioned at a \
press convention on Thursday.

Engineers discovered cracks in two of the principle helps final month. "We have been fortunate to search out them \
earlier than the winter storms," mentioned Halvorsen, who has lengthy known as for a brand new crossing.

Drivers can have to make use of the Sandnes tunnel as an alternative, which provides 25 minutes to most journeys. \
Nevertheless, buses will hold working in the event that they are given precedence at the tunnel entrance.

The repairs will price two,500 kroner for every family within city, in response to the council. Shopkeepers on the \
harbour facet mentioned they may lose as much as 30% of their commerce as a result of folks would keep at home.

"No person requested us," mentioned Per Lunde, the proprietor of a bakery close to the quay. He plans to ask the \
authorities in Oslo for assist.
"""

HONEST = """Tolvik loses its harbour crossing until spring

Residents of Tolvik face a winter of detours after inspectors ordered the harbour bridge shut. Mayor Ingrid Halvorsen \
announced the 14-week closure on Thursday.

"We were lucky to find them before the winter storms," Halvorsen told reporters, referring to damage in two pillars.

Traffic is to be sent through the Sandnes tunnel, a detour the council puts at 25 minutes. Households are to pay 2,500 \
kroner each towards the work.

Local businesses fear for their income. "Nobody asked us," complained Per Lunde, who bakes bread by the quay and wants \
Oslo to step in.
"""

OTHER = """The museum at Brekke has bought a painting by an unknown pupil of a famous master.

Visitors may see it from Saturday in the small hall beside the library. Its frame is 300 years old and was made in Riga.
"""


def collection(*texts: str) -> References:
    return References(Reference(f"clean/{number}.txt", text) for number, text in enumerate(texts))


def applied(text: str, words: Segmented, edits: list[ReferenceEdit]) -> str:
    for edit in reversed(edits):
        start, end = int(words.starts[edit.first]), int(words.ends[edit.first + edit.count - 1])
        start -= not edit.wording and text[start - 1] == " "
        text = text[:start] + edit.wording + text[end:]
    return text


def restored(spun: str, *clean: str) -> str:
    references, words = collection(*clean), segment(spun)
    match = references.find(words)
    assert match is not None
    return applied(spun, words, references.edits(words, match))


def test_find_names_the_copied_article() -> None:
    match = collection(OTHER, HONEST, CLEAN).find(segment(SPUN))
    assert match is not None
    assert match.source == "clean/2.txt"
    assert match.share > 0.9


def test_edits_restore_the_article_exactly() -> None:
    assert restored(SPUN, OTHER, CLEAN) == CLEAN


def test_honest_article_on_the_same_event_is_no_copy() -> None:
    references = collection(CLEAN, SPUN)
    assert references.find(segment(HONEST)) is None
    assert collection(HONEST).find(segment(SPUN)) is None


def test_seeds_are_no_copies_of_each_other() -> None:
    folder = Path(__file__).parent.parent / "seeds"
    references = References.from_folder(folder)
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    assert len(texts) == 5
    assert [references.find(segment(text)) for text in texts] == [None] * 5


def test_text_is_not_its_own_source() -> None:
    assert collection(CLEAN).find(segment(CLEAN)) is None


@pytest.mark.parametrize("text", ["", " \n", "...", "He said so.", "Tolvik, Halvorsen, Sandnes, Oslo 2,500."])
def test_too_little_text_matches_nothing(text: str) -> None:
    assert collection(CLEAN, "").find(segment(text)) is None


def test_excerpt_with_boilerplate_is_matched() -> None:
    middle = "\n\n".join(SPUN.split("\n\n")[2:5])
    match = collection(OTHER, CLEAN).find(segment(f"Share this page\n\n{middle}\n\nAll rights reserved"))
    assert match is not None
    assert match.source == "clean/1.txt"


def test_wording_keeps_the_case_and_punctuation_of_the_source() -> None:
    clean = CLEAN.replace("However, buses", "Mind you – it's true: buses")
    references, words = collection(clean), segment(SPUN)
    match = references.find(words)
    assert match is not None
    wordings = {words.slice(e.first, e.first + e.count): e.wording for e in references.edits(words, match)}
    assert wordings["Nevertheless,"] == "Mind you – it's true:"
    assert wordings["price two,500"] == "cost 2,500"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("14 weeks", "16 weeks"),  # an updated figure
        ("in two of", "in three of"),
        ("Per Lunde", "Per Lund"),  # a corrected name
        ("on Thursday", "on Friday"),
        ("in Oslo for", "in Bergen for"),
    ],
)
def test_site_update_is_left_alone(old: str, new: str) -> None:
    assert old in SPUN
    assert restored(SPUN.replace(old, new), CLEAN) == CLEAN.replace(old, new)


def test_capitalised_word_is_restored_when_it_is_no_name() -> None:
    clean = CLEAN.replace("the government in Oslo", "the White House in Oslo")
    spun = SPUN.replace("the authorities in Oslo", "the White Home in Oslo")
    house = OTHER + "It was sold by a private house."
    assert restored(spun, clean, house) == clean
    assert "White Home" in restored(spun, clean)


def test_unaligned_sentences_are_left_alone() -> None:
    added = "The outdated ferry mentioned by our readers will not hold working within the summer.\n"
    assert restored(SPUN + added, CLEAN) == CLEAN + added


def test_missing_and_added_words_are_put_right_with_their_spacing() -> None:
    clean = CLEAN.replace("on the harbour side", "on the harbour's side")
    spun = (
        SPUN.replace("according", "in keeping").replace("30% of", "30 percent of").replace("main supports", "supports")
    )
    spun = spun.replace("said Per Lunde, the owner", "said Per Lunde, owner").replace(
        "a bakery", "a small little bakery"
    )
    assert restored(spun, clean) == clean


def test_other_style_of_quotation_marks_is_kept() -> None:
    curly = SPUN.replace(' "', " “").replace('\n"', "\n“").replace(',"', ",”")
    assert restored(curly, CLEAN) == CLEAN.replace(' "', " “").replace('\n"', "\n“").replace(',"', ",”")


def test_addresses_are_left_alone() -> None:
    clean = CLEAN + "Read the whole plan of the council at tolvik.org/old before the meeting next week.\n"
    spun = SPUN + "Read the entire plan of the council at tolvik.org/outdated before the assembly next week.\n"
    assert restored(spun, clean).endswith(
        "Read the whole plan of the council at tolvik.org/outdated before the meeting next week.\n"
    )


def test_from_folder_reads_text_markdown_and_jsonl(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "one.md").write_text(OTHER, encoding="utf-8")
    (tmp_path / "two.TXT").write_text(HONEST, encoding="utf-16")
    lines = [json.dumps({"id": 1}), "{broken", "", json.dumps({"text": CLEAN}), "[" * 100_000]
    (tmp_path / "three.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "broken.txt").write_bytes(b"caf\xe9")
    (tmp_path / "skipped.csv").write_text(SPUN, encoding="utf-8")
    with caplog.at_level(logging.WARNING, "restorer"):
        references = References.from_folder(tmp_path)
    assert len(references) == 3
    match = references.find(segment(SPUN))
    assert match is not None
    assert match.source == f"{tmp_path / 'three.jsonl'}:4"
    warned = [record.getMessage() for record in caplog.records]
    assert len(warned) == 4
    assert any("broken.txt" in message for message in warned)
    assert any("three.jsonl:2" in message for message in warned)


def test_from_folder_names_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match=r"nowhere' does not exist; name a folder"):
        References.from_folder(tmp_path / "nowhere")


def test_from_folder_names_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CLEAN, encoding="utf-8")
    with pytest.raises(FileAccessError, match=r"a.txt' is a file; name a folder"):
        References.from_folder(tmp_path / "a.txt")


def test_from_folder_refuses_a_folder_without_texts(tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text(" \n", encoding="utf-8")
    with pytest.raises(FileAccessError, match=r"no clean texts in .*; put .txt"):
        References.from_folder(tmp_path)


def test_find_among_thousands_of_articles_on_the_same_subjects() -> None:
    rng = random.Random(3)
    sentences = [s for text in (CLEAN, HONEST, OTHER) for s in text.split(". ")]
    crowd = [". ".join(rng.sample(sentences, 6)).replace("14", str(n)) for n in range(2_000)]
    match = collection(*crowd, CLEAN).find(segment(SPUN))
    assert match is not None
    assert match.source == "clean/2000.txt"


CLEAN_END = "Safety guarantees were discussed at length, officials said.\n"
SPUN_END = "Security ensures had been mentioned at size, officers talked.\n"
WORDINGS = {
    "security": ("Protection", "Safety"),
    "ensures": ("guarantees",),
    "had been": ("were", "was"),
    "mentioned": ("said",),
    "size": ("length",),
    "officers talked": ("officials said",),
}


def readings_of(words: Segmented, wordings: Mapping[str, tuple[str, ...]]) -> list[Reading]:
    runs = [(first, first + count) for first in range(len(words)) for count in (1, 2) if first + count <= len(words)]
    found = [(a, b, wordings.get(" ".join(words.words[a:b]))) for a, b in runs]
    return [Reading(a, b, known) for a, b, known in found if known]


def restored_with(spun: str, clean: str, wordings: Mapping[str, tuple[str, ...]]) -> str:
    references, words = collection(clean), segment(spun)
    match = references.find(words, readings_of(words, wordings))
    assert match is not None
    return applied(spun, words, references.edits(words, match))


def test_sentence_spun_beyond_recognition_is_found_by_what_a_model_reads_in_it() -> None:
    assert restored(SPUN + SPUN_END, CLEAN + CLEAN_END) == CLEAN + SPUN_END
    assert restored_with(SPUN + SPUN_END, CLEAN + CLEAN_END, WORDINGS) == CLEAN + CLEAN_END
    assert restored_with(SPUN_END + SPUN, CLEAN_END + CLEAN, WORDINGS) == CLEAN_END + CLEAN


def test_sentence_of_the_sites_own_is_left_alone_whatever_a_model_reads_in_it() -> None:
    own = "Security ensures that ferries had been checked, officers talked of their size on Friday.\n"
    assert restored_with(SPUN + own, CLEAN + CLEAN_END, WORDINGS) == CLEAN + own


def test_readings_make_no_copy_of_an_honest_article() -> None:
    words = segment(HONEST)
    readings = [Reading(i, i + 1, tuple(segment(CLEAN).words)) for i in range(len(words))]
    assert collection(CLEAN).find(words, readings) is None


def test_sentence_cut_in_two_by_an_abbreviation_is_put_together() -> None:
    tail = "Per Lunde and other shopkeepers want to be heard before the winter.\n"
    clean = CLEAN + f"She said any deal would need U.S. money and backing. {tail}"
    spun = SPUN + f"She mentioned any settlement would want US money and support. {tail}"
    wordings = {"mentioned": ("said",), "want": ("need",), "settlement": ("agreement",)}
    # The name beside it keeps "want": whether it is "US" or "U.S." is the site's choice.
    assert restored_with(spun, clean, wordings).endswith(f"She said any deal would want US money and backing. {tail}")


def test_site_line_below_a_copied_sentence_is_not_joined_to_it() -> None:
    clean = CLEAN + "The council of the town of Tolvik meets again next week on Tuesday.\n"
    spun = SPUN + "The council of the city of Tolvik meets\nnext week on Tuesday.\n"
    assert restored(spun, clean).endswith("The council of the town of Tolvik meets\nnext week on Tuesday.\n")


@pytest.mark.parametrize(
    ("run", "wording", "allowed"),
    [
        ("bakery", "shop", False),  # equal on both sides
        ("bakery", "", False),
        ("outdated", "old", True),  # the copy's own wording
        ("outdated", "ancient", False),
        ("shut on", "close on", True),
        ("closely", "nearly", True),  # no sentence of the copy
    ],
)
def test_a_model_is_allowed_what_the_copy_says(run: str, wording: str, *, allowed: bool) -> None:
    references, words = collection(CLEAN), segment(SPUN + "We shall follow this story closely.\n")
    match = references.find(words)
    assert match is not None
    first = next(i for i in range(len(words)) if " ".join(words.words[i:]).startswith(f"{run} "))
    assert references.allows(words, match, Reading(first, first + len(run.split()), (wording,))) is allowed


def test_a_model_without_a_wording_has_no_say_in_a_copied_sentence() -> None:
    references, words = collection(CLEAN), segment(SPUN)
    match = references.find(words)
    assert match is not None
    assert not references.allows(words, match, Reading(3, 4, ()))
    assert not references.allows(words, match, Reading(0, len(words), ("All of it",)))


@pytest.mark.parametrize(("end", "spun_end"), [("in March", "in March next year"), ("in March next year", "in March")])
def test_copies_that_differ_in_their_very_last_words_are_compared_to_the_end(
    tmp_path: Path, end: str, spun_end: str
) -> None:
    (tmp_path / "clean.txt").write_text(f"{CLEAN}Work is to end {end}", encoding="utf-8")
    text = segment(f"{SPUN}Work is to end {spun_end}")
    references = References.from_folder(tmp_path)
    match = references.find(text, [])
    assert match is not None
    assert any(text.slice(e.first, e.first + e.count) == "mentioned" for e in references.edits(text, match))
