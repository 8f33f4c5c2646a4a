"""Reads that many hubs need and that are made once, whoever asks at the same time."""

import threading

import pytest

from scanner.sources.azure.once import Once
from scanner.sources.azure.refusal import Refused


def beside(call, *arguments):
    """Call in a thread of its own; it has ten seconds."""
    thread = threading.Thread(target=call, args=arguments, daemon=True)
    thread.start()
    thread.join(10)


def test_whoever_asks_first_reads():
    once = Once()
    assert [once.get("a", lambda: "first"), once.get("a", lambda: "second")] == ["first", "first"]


def test_a_refusal_is_remembered():
    once = Once()

    def refuse():
        raise Refused("not for you", status=403)

    with pytest.raises(Refused):
        once.get("a", refuse)
    with pytest.raises(Refused, match="not for you"):
        once.get("a", lambda: "second")


def test_what_is_forgotten_is_read_again():
    once = Once()
    for key in ("a", "b"):
        once.get(key, lambda: "first")
    once.forget(lambda key: key == "a")
    assert [once.get(key, lambda: "second") for key in ("a", "b")] == ["second", "first"]


def test_a_subscription_is_forgotten_while_another_is_read():
    once = Once()
    for key in ("done/locks", "done/roles"):
        once.get(key, lambda: "first")

    def meanwhile(key):
        beside(once.get, f"beside {key}", lambda: "first")
        return key.startswith("done/")

    once.forget(meanwhile)
    assert once.get("done/roles", lambda: "again") == "again"
    assert once.get("beside done/roles", lambda: "again") == "first"


def test_two_who_forget_the_same_do_not_meet():
    once = Once()
    once.get("a", lambda: "first")

    def meanwhile(key):
        beside(once.forget, lambda other: other == key)
        return True

    once.forget(meanwhile)
    assert once.get("a", lambda: "again") == "again"
