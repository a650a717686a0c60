"""Answers of a review on disk, so that an interrupted one is taken up where it stopped."""

from __future__ import annotations

import json
import logging
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from restorer.review import Review

__all__ = ["Journal"]

_log = logging.getLogger(__name__)


class Journal:
    """The answers on one text, by one model, in one small file."""

    def __init__(self, review: Review, folder: Path | None = None) -> None:
        """Find the file.

        :param review: The review, whatever its answers.
        :param folder: Where journals lie; the user's state folder by default.
        """
        key = sha256(review.result.document.text.encode("utf-8", "surrogatepass"))
        key.update(b"\0" + review.result.model.encode())
        self.path = (folder or _state()) / "reviews" / f"{key.hexdigest()}.json"

    def resume(self, review: Review) -> Review:
        """Take up the answers given before; a damaged journal counts as none.

        :param review: The review at its beginning.
        :return: The review after the answers.
        """
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
            return review.resumed(data["steps"])
        except FileNotFoundError:
            return review
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.info("%s: not read (%s); the review begins anew", self.path, error)
            return review

    def keep(self, review: Review) -> bool:
        """Write the answers.

        :param review: The review.
        :return: Whether they could be written; a review must not fail for want of a journal.
        """
        temporary = self.path.with_name(f".{self.path.stem[:16]}-{secrets.token_hex(4)}.tmp")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                temporary.write_text(json.dumps({"version": 1, "steps": review.to_list()}), encoding="utf-8")
                temporary.replace(self.path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            _log.info("%s: not written (%s)", self.path, error)
            return False
        return True

    def drop(self) -> None:
        """Remove the journal of a finished review."""
        with suppress(OSError):
            self.path.unlink()


def _state() -> Path:
    """The user's folder for what programs remember."""
    chosen = os.environ.get("XDG_STATE_HOME", "")
    base = Path(chosen) if Path(chosen).is_absolute() else Path.home() / ".local" / "state"
    return base / "restorer"
