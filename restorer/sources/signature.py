"""What of a text a spinner leaves alone, as a MinHash signature cut into bands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from restorer.extras import needed
from restorer.references import immutables
from restorer.segment import Segmented, Shape

__all__ = ["BANDS", "ROWS", "bands", "traits"]

BANDS, ROWS = 64, 2
"""Two texts that share a third of their traits have a band in common with probability .9995, where a tenth is shared
.47; candidates are ranked by how many they have in common, so that many low bands cost little."""

_SEED = 20261125
_SHINGLE = 4


def traits(text: Segmented) -> set[str]:
    """Names, figures, long words, and runs of words in quotations, which most spinners protect.

    :param text: The segmented text.
    :return: The traits.
    """
    found = immutables(text)
    quoted = [
        word
        for word, inside, shape in zip(text.words, text.quoted.tolist(), text.shapes.tolist(), strict=True)
        if inside and shape != Shape.OTHER
    ]
    found |= {" ".join(quoted[i : i + _SHINGLE]) for i in range(len(quoted) - _SHINGLE + 1)}
    return found


def bands(many: Sequence[set[str]]) -> NDArray[np.uint64]:
    """MinHash signatures (Broder 1997), each cut into bands for locality-sensitive hashing (Indyk and Motwani 1998).

    :param many: Traits of some texts.
    :return: One key a band, uint64 of shape (texts, :data:`BANDS`); the same for the same traits on any machine.
    :raises MissingDependencyError: if rensa is not installed.
    """
    needed("rensa", "searching for sources needs")
    from rensa import RMinHash

    rows = RMinHash.digests_from_token_sets([sorted(one) for one in many], num_perm=BANDS * ROWS, seed=_SEED)
    digests = np.array(rows, np.uint64).reshape(len(many), BANDS, ROWS)
    keys: NDArray[np.uint64] = digests[:, :, 0] << np.uint64(32) | digests[:, :, 1]
    return keys
