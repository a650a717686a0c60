from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import FakeModel
from tests.integrations.loaders import CLEAN, RESTORED, SPUN, fake

pytest.importorskip("spacy")

import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin

from restorer.integrations.spacy import RestorerComponent

ROOT = Path(__file__).resolve().parents[2]
ODD = [
    "🙂👩‍👩‍👧 He mentioned it, he mentioned it.",
    "Cafe\u0301 re\u0301sume\u0301 mentioned; naïve statesmen\u0301 mentioned it.",
    "  \n\nHe mentioned\u00a0it.\r\n\r\nThe  statesmen\tmentioned “adequate” time.\n",
    "x/mentioned/y he mentioned-it mentioned, (mentioned) mentioned's",
]


@pytest.fixture
def nlp(fake_model: FakeModel) -> Language:
    pipeline: Language = spacy.blank("en")
    pipeline.add_pipe("restorer", config={"fpr": 0.01})
    return pipeline


def test_a_document_gets_its_extensions_and_keeps_its_text(nlp: Language) -> None:
    doc = nlp(SPUN)
    assert doc.text == SPUN
    assert doc._.restored == RESTORED
    assert doc._.spun_probability > 0.5
    assert doc._.spin_density > 0.05
    assert [f["replacement"] for f in doc._.findings] == ["officials", "said", "enough", "conference", "said"]


@pytest.mark.parametrize("text", ODD)
def test_there_is_a_span_for_each_finding_where_it_stands(nlp: Language, text: str) -> None:
    doc = nlp(text)
    spans = doc.spans["restorer"]
    assert spans
    assert len(spans) == len(doc._.findings)
    for span, finding in zip(spans, doc._.findings, strict=True):
        assert doc.text[finding["start"] : finding["end"]] == finding["text"]
        assert span.start_char <= finding["start"] < finding["end"] <= span.end_char
        assert span.label_ == finding["kind"]


def test_spans_are_the_flagged_words_where_the_tokens_are(nlp: Language) -> None:
    doc = nlp(ODD[0])
    assert [span.text for span in doc.spans["restorer"]] == ["mentioned", "mentioned"]


def test_a_pipe_keeps_order_and_tells_documents_apart(nlp: Language) -> None:
    docs = list(nlp.pipe([CLEAN, SPUN, ""]))
    assert [doc._.restored for doc in docs] == [CLEAN, RESTORED, ""]
    assert [len(doc.spans["restorer"]) for doc in docs] == [0, 5, 0]


def test_documents_are_sent_from_other_processes(nlp: Language) -> None:
    docs = list(nlp.pipe([CLEAN, SPUN], n_process=2))
    assert [doc._.restored for doc in docs] == [CLEAN, RESTORED]
    assert json.dumps(docs[1]._.findings) == json.dumps(nlp(SPUN)._.findings)


def test_documents_can_be_stored(nlp: Language) -> None:
    doc = nlp(SPUN)
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    [read] = DocBin().from_bytes(stored).get_docs(spacy.blank("en").vocab)
    assert json.dumps(read._.findings) == json.dumps(doc._.findings)  # lists come back as tuples
    assert [span.text for span in read.spans["restorer"]] == [span.text for span in doc.spans["restorer"]]


def test_a_stored_pipeline_has_its_settings_and_no_model(nlp: Language, tmp_path: Path) -> None:
    other = spacy.blank("en")
    other.add_pipe("restorer", config={"fpr": 0.002, "model": "odd", "span_key": "spun"})
    other.to_disk(tmp_path / "pipeline")
    assert not (tmp_path / "pipeline" / "restorer").exists()
    loaded = spacy.load(tmp_path / "pipeline")
    assert loaded.get_pipe_config("restorer")["fpr"] == 0.002
    assert loaded.get_pipe_config("restorer")["model"] == "odd"
    assert len(loaded(SPUN).spans["spun"]) == 5


def test_a_component_may_be_made_by_hand() -> None:
    doc = RestorerComponent(span_key="spun", load=fake)(Doc(spacy.blank("en").vocab, words=SPUN.split(" ")))
    assert doc._.restored.startswith("The officials said there was enough time")
    assert [span.text for span in doc.spans["spun"]][:2] == ["statesmen", "mentioned"]


def test_a_component_works_where_it_was_only_unpickled(tmp_path: Path) -> None:
    (tmp_path / "component.pkl").write_bytes(pickle.dumps(RestorerComponent(load=fake)))
    code = """if True:
        import pickle, sys, spacy
        component = pickle.load(open(sys.argv[1], "rb"))
        print(component(spacy.blank("en")("He mentioned it."))._.restored)
    """
    command = [sys.executable, "-c", code, str(tmp_path / "component.pkl")]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("He said it.\n", 0), done.stderr


def test_the_entry_point_makes_the_factory_known_without_an_import(tmp_path: Path) -> None:
    info = tmp_path / "factories-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: factories\nVersion: 1\n", encoding="utf-8")
    line = "restorer = restorer.integrations.spacy:make_restorer"
    (info / "entry_points.txt").write_text(f"[spacy_factories]\n{line}\n", encoding="utf-8")
    code = "import spacy; nlp = spacy.blank('en'); nlp.add_pipe('restorer'); assert nlp.pipe_names == ['restorer']"
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": paths}, check=True)
