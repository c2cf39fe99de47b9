"""Long work of one visit leaves room for the others."""

import itertools

from lrviz.pages import training


class Clock:
    """Time that passes only where it is told to."""

    def __init__(self, monkeypatch):
        self.now, self.slept = 0.0, []
        monkeypatch.setattr(training.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(training.time, "sleep", self.sleep)

    def sleep(self, seconds):
        self.slept.append((self.now, seconds))
        self.now += seconds


class Place:
    """Where progress is shown."""

    def __init__(self):
        self.shown = []

    def progress(self, part, text):
        self.shown.append(part)


def worked(monkeypatch, seconds):
    """The clock and what was shown after so much work, reported a thousand times a second."""
    clock, place = Clock(monkeypatch), Place()
    watch = training._Watch(place)
    for n in range(round(seconds * 1000)):
        clock.now += 0.001
        watch(n, round(seconds * 1000))
    return clock, place


def test_what_is_quick_never_rests(monkeypatch):
    clock, place = worked(monkeypatch, training.SHORT - 0.001)
    assert clock.slept == []
    assert place.shown == []


def test_what_is_long_rests_after_every_stretch(monkeypatch):
    clock, place = worked(monkeypatch, 2.0)
    begins = [at for at, _ in clock.slept]
    assert begins[0] >= training.SHORT
    stretches = [b - a - training.REST for a, b in itertools.pairwise(begins)]
    assert max(stretches) < training.WORK + 0.002
    # A third of the time at most is given away, and progress is shown as before.
    rested = sum(seconds for _, seconds in clock.slept)
    assert 0.25 < rested / clock.now < 0.34
    assert 5 < len(place.shown) < 30


def test_where_others_wait_too_it_rests_longer_and_no_longer_than_it_must(monkeypatch):
    late = 0.03
    clock = Clock(monkeypatch)

    def sleep(seconds):
        clock.slept.append((clock.now, seconds))
        clock.now += seconds + (late if len(clock.slept) < 20 else 0.0)

    monkeypatch.setattr(training.time, "sleep", sleep)
    watch = training._Watch(Place())
    for n in range(2000):
        clock.now += 0.001
        watch(n, 2000)
    rests = [seconds for _, seconds in clock.slept]
    assert rests[0] == training.REST
    assert all(abs(one - training.REST - training.YIELD * late) < 1e-9 for one in rests[1:20])
    assert all(abs(one - training.REST) < 1e-9 for one in rests[20:])
    assert max(rests) <= training.LONGEST_REST
