"""Restoring from clean copies."""

from __future__ import annotations

import json
import logging
import random
from pathlib import Path

import pytest

from restorer.errors import FileAccessError
from restorer.references import Reference, ReferenceEdit, References
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
