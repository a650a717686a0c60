from __future__ import annotations

from restorer.sites.estimate import spun_share, wilson


def test_wilson_interval_covers_the_share_and_narrows() -> None:
    low, high = wilson(5, 1000)
    assert 0 < low < 0.005 < high < 0.02
    assert wilson(0, 0) == (0.0, 1.0)


def test_false_alarms_to_be_expected_are_taken_off() -> None:
    assert spun_share(10, 1000, 0.01).value == 0.0
    assert spun_share(1000, 1000, 0.01).value == 1.0
    half = spun_share(505, 1000, 0.01)
    assert half.low < half.value == 0.5 < half.high
