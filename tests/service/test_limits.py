"""So many requests in any 60 seconds, for each key and action."""

from ctb_audit.service.limits import DEFAULT_LIMITS, Limiter


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_limits_are_those_of_the_reference() -> None:
    assert DEFAULT_LIMITS == {"tag": 10, "audit": 10, "remediate": 5, "history": 100}


def test_a_key_has_its_limit_in_any_minute() -> None:
    clock = Clock()
    limiter = Limiter({"audit": 2}, clock)
    assert limiter.wait("ann", "audit") == 0
    clock.now += 30
    assert limiter.wait("ann", "audit") == 0
    assert limiter.wait("ann", "audit") == 30
    clock.now += 29.5
    assert limiter.wait("ann", "audit") == 1
    clock.now += 0.5
    assert limiter.wait("ann", "audit") == 0
    assert limiter.wait("ann", "audit") == 30


def test_keys_and_actions_have_limits_of_their_own() -> None:
    limiter = Limiter({"audit": 1, "tag": 1}, Clock())
    asked = [("ann", "audit"), ("bob", "audit"), ("ann", "tag"), ("ann", "audit")]
    assert [limiter.wait(*one) for one in asked] == [0, 0, 0, 60]


def test_a_refused_request_does_not_count() -> None:
    clock = Clock()
    limiter = Limiter({"audit": 1}, clock)
    assert limiter.wait("ann", "audit") == 0
    assert {limiter.wait("ann", "audit") for _ in range(100)} == {60}
    clock.now += 60
    assert limiter.wait("ann", "audit") == 0
