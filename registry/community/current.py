"""The community in whose name something is done now: a request's, else the one that the environment names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TypeVar

from registry.community import Community
from registry.settings import load_settings

_Made = TypeVar("_Made")
_here: ContextVar[Community | None] = ContextVar("community", default=None)


def community() -> Community:
    """The community of the request, job or command under way.

    Raises:
        HandbookError: the environment names a folder that cannot be used.
    """
    return _here.get() or load_settings().community


@contextmanager
def within(one: Community) -> Iterator[None]:
    """Do something in a community's name, whatever the environment says."""
    token = _here.set(one)
    try:
        yield
    finally:
        _here.reset(token)


def once_a_community(make: Callable[[Community], _Made]) -> Callable[[], _Made]:
    """Make something once for each community, and give back the current one's."""
    made: dict[Community, _Made] = {}

    @wraps(make)
    def of_the_current() -> _Made:
        here = community()
        if here not in made:
            made[here] = make(here)
        return made[here]

    return of_the_current
