import pytest

from restorer import Restorer
from restorer.guard import GUARDS, guards
from restorer.segment import segment
from tests.fakes import FakeModel

VERSE = """He read it to them:

The boats came home at evening,
  The harbour lamps were lit,
And she who had been grieving
  Was there to welcome it

Then they left."""
TABLE = "Team  Points\nLeeds | 12 | 3\nYork\t9\t4\nHull     8     5\nAll of them lost | the last one."


def guarded(text: str) -> dict[str, str]:
    words = segment(text)
    return {text[a:b]: GUARDS[k] for a, b, k in zip(words.starts, words.ends, guards(words), strict=True) if k}


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("MAYOR OPENS NEW BRIDGE\nThe mayor came.", "BRIDGE", "capitals"),
        (TABLE, "Leeds", "table"),
        (TABLE, "York", "table"),
        (TABLE, "Hull", "table"),
        (VERSE, "evening", "verse"),
        (VERSE, "welcome", "verse"),
        ("He left.\nEl alcalde dijo ayer que el puente nuevo estaba cerrado por obras y que no iba a abrir este año.",
         "puente", "another language"),
        ("Der Bürgermeister sagte gestern, die neue Brücke in der Altstadt werde erst morgen wieder geöffnet, wenn das "
         "Wetter besser wird.", "gestern", "another language"),
    ],
)  # fmt: skip
def test_what_is_no_running_english_is_guarded(text: str, word: str, kind: str) -> None:
    assert guarded(text)[word] == kind


@pytest.mark.parametrize(
    "text",
    [
        "The NATO and EU officials said the UN would meet.",
        "The mayor came.\nShe opened the bridge.\nThe crowd cheered.\nEverybody went home.",
        "Adela, Boris, Carla, Dmitri, Elena, Farid, Greta, Henrik and Ingrid came along yesterday evening.",
        "He read it to them:\nThen they left.",
        "The mayor came.\r\nShe opened it.\r\nThe crowd cheered.\r\nEverybody went home.",
        "Police in Ohio say a man was shot in a car on Sunday night near a school.",
        "While momentum is building around a potential ceasefire, major sticking points remain.",
        "“We have waited long,” she said, “and nobody came to open it.”",
        "",
        "... !!!",
    ],
)
def test_running_english_is_not(text: str) -> None:
    assert guarded(text) == {}


def test_the_lines_around_verse_and_tables_are_not_guarded() -> None:
    assert "read" not in guarded(VERSE)
    assert "left" not in guarded(VERSE)
    assert "lost" not in guarded(TABLE)


def test_an_edit_in_verse_needs_more_than_one_in_prose() -> None:
    spun = {"evening": (("dusk", 0.9),)}
    verse, prose = (Restorer(FakeModel(spun=spun)).restore(t) for t in (VERSE, "The boats came home at evening."))
    assert [f.evidence.guard for f in verse.candidates] == ["verse"]
    assert verse.restored == VERSE
    assert prose.restored == "The boats came home at dusk."
    assert verse.to_dict()["findings"] == [] or not verse.applied
