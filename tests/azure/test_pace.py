"""How fast is read: ARM's budget, its headers, its refusals, and what is waited for."""

from __future__ import annotations

import datetime
import threading
from email.utils import format_datetime

import pytest
from hubs import hub
from hypothesis import given
from hypothesis import strategies as st
from standin.examples import PRODUCTION, SANDBOX, estate_of, snapshot_of
from standin.faults import Fault

from scanner.sources.azure import pipeline, throttle
from scanner.sources.azure.agenda import Agenda


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds


@given(st.integers(1, 2000))
def test_a_bucket_never_gives_more_than_arm_would(reads):
    clock = Clock()
    bucket = throttle.Bucket(clock)
    left, filled = 250.0, clock.now
    for _ in range(reads):
        bucket.take(clock.wait)
        left = min(250.0, left + (clock.now - filled) * 25)
        filled = clock.now
        left -= 1
        assert left >= 0
        bucket.give_back()
    assert clock.now - 100 <= max(0, reads - 240) / throttle.RATE + 1e-6


def test_a_burst_waits_for_nothing_and_the_rest_for_the_refill():
    clock = Clock()
    bucket = throttle.Bucket(clock)
    for _ in range(240):
        assert bucket.take(clock.wait) == 0
    waited = bucket.take(clock.wait)
    assert waited == pytest.approx(1 / throttle.RATE)


def test_what_arm_says_is_left_counts_where_it_is_less():
    clock = Clock()
    bucket = throttle.Bucket(clock)
    bucket.take(clock.wait)
    bucket.learn(10)
    bucket.give_back()
    for _ in range(9):
        assert bucket.take(clock.wait) == 0
    assert bucket.take(clock.wait) > 0


def test_what_arm_says_never_makes_a_bucket_fuller():
    clock = Clock()
    bucket = throttle.Bucket(clock)
    for _ in range(240):
        bucket.take(clock.wait)
        bucket.give_back()
    bucket.learn(11_999)
    assert bucket.take(clock.wait) > 0


def test_a_pause_holds_everyone_and_they_do_not_come_back_together():
    ends = set()
    for _ in range(20):
        clock = Clock()
        bucket = throttle.Bucket(clock)
        bucket.pause(8)
        bucket.take(clock.wait)
        assert clock.now >= 108
        ends.add(clock.now)
    assert len(ends) > 10


def test_whoever_is_told_to_stop_while_waiting_gives_the_read_back():
    bucket = throttle.Bucket()
    bucket.pause(60)

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bucket.take(stop)
    assert bucket._outstanding == 0


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, None),
        ({"x-ms-ratelimit-remaining-subscription-reads": "249"}, 249),
        (
            {
                "X-Ms-RateLimit-Remaining-Subscription-Reads": "7",
                "x-ms-ratelimit-remaining-subscription-global-reads": "3749",
            },
            7,
        ),
        ({"x-ms-ratelimit-remaining-tenant-reads": "0"}, 0),
        (
            {
                "x-ms-ratelimit-remaining-subscription-writes": "3",
                "x-ms-ratelimit-remaining-subscription-deletes": "2",
            },
            None,
        ),
        ({"x-ms-ratelimit-remaining-resource": "Microsoft.Compute/HighCostGet;107"}, None),
    ],
)
def test_headers_say_how_many_reads_are_left(headers, left):
    assert throttle.remaining(headers) == left


def in_seconds(seconds):
    return format_datetime(
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds), usegmt=True
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2),
        ({"retry-after-ms": "700"}, 0.7),
        ({"x-ms-retry-after-ms": "700", "Retry-After": "9"}, 0.7),
        ({"Retry-After": "86400"}, 60),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "inf"}, 60),
    ],
)
def test_what_arm_wants_waited_is_honoured_up_to_a_minute(headers, seconds):
    assert pipeline._retry_after(headers) == pytest.approx(seconds)


@pytest.mark.parametrize(("ahead", "least", "most"), [(30, 5, 31), (-30, 0, 0), (3600, 60, 60)])
def test_it_may_be_given_as_a_time_of_day(ahead, least, most):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=ahead)
    assert least <= pipeline._retry_after({"Retry-After": format_datetime(moment, usegmt=True)}) <= most


@pytest.mark.parametrize("value", ["", "soon", "nan", "1,5", "Wed, 99 Foo"])
def test_what_is_no_time_is_not_honoured(value):
    assert pipeline._retry_after({"Retry-After": value}) is None


def test_a_budget_that_is_kept_to_is_never_exceeded(arm, run):
    hubs = [hub(f"hub{number}") for number in range(40)]
    server = arm(estate_of(*hubs), budget=(250, 25), page=100)
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 0
    assert server.tally() == {200: len(server.seen)}


def test_a_subscription_that_others_read_as_well_is_read_to_the_end(arm, run, monkeypatch):
    monkeypatch.setattr(throttle, "RATE", 400.0)
    server = arm(estate_of(*(hub(f"hub{number}") for number in range(12))), budget=(20, 200))
    assert run(server, "collect", "-s", PRODUCTION, "-q", "-o", "x.jsonl")[0] == 0
    assert len(snapshot_of("x.jsonl")["hub"]) == 12


def test_throttling_of_one_subscription_does_not_hold_the_others(arm, run):
    server = arm()
    server.faults = [
        Fault(
            f"{SANDBOX}/resourceGroups",
            "status",
            429,
            "TooManyRequests",
            times=3,
            headers={"Retry-After": "1"},
        )
    ]
    code, _, err = run(server, "collect", "-s", SANDBOX, "-s", PRODUCTION, "-o", "x.jsonl")
    assert code == 3
    assert len(snapshot_of("x.jsonl")["hub"]) == 19
    assert any("throttled 3 times" in line for line in err)


def test_an_agenda_shares_its_threads_out_among_subscriptions():
    agenda = Agenda(most=2)
    order = []
    for key in ("a", "b", "c"):
        agenda.add(key, [lambda key=key: order.append(key)] * 2)
    agenda.work()
    assert sorted(order) == ["a", "a", "b", "b", "c", "c"]
    assert set(order[:2]) <= {"a", "b"}


def test_an_agenda_begins_no_more_subscriptions_than_it_may():
    agenda = Agenda(most=2)
    lock, at_work, most = threading.Lock(), set(), []
    release = threading.Event()

    def job(key):
        with lock:
            at_work.add(key)
            most.append(len(at_work))
        release.wait(5)
        with lock:
            at_work.discard(key)

    for key in "abcdef":
        agenda.add(key, [lambda key=key: job(key)])
    threads = [threading.Thread(target=agenda.work) for _ in range(6)]
    for thread in threads:
        thread.start()
    release.set()
    for thread in threads:
        thread.join(10)
    assert len(most) == 6
    assert max(most) <= 2


def test_a_closed_agenda_gives_no_more_jobs():
    agenda = Agenda(most=2)
    done = []
    agenda.add("a", [lambda: (done.append(1), agenda.close()), lambda: done.append(2)])
    agenda.work()
    assert done == [1]
