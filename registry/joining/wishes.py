"""What a newcomer wrote into the form of the sorting hat, as the hat understands it."""

import re
from collections.abc import Iterable

from registry.exchange.vocabulary import wanted
from registry.handbook import needs
from registry.joining.rules import TimeGiven, Wish
from registry.web.i18n import languages
from registry.web.typed import Typed

OPEN_TO_ALL = "anyone"
"""The handbook's role for which nothing is asked."""
BOTH_LANGUAGES = "both"
MOST_WORDS = 5
LONGEST_WORD = 40
MOST_TOPICS = 10
_BETWEEN_WORDS = re.compile(r"[,，、;；\n]+")


def read_wish(typed: Typed) -> Wish:
    """Read a wish; what is none of the offered values is passed over.

    Roles are those ticked and those that the words speak of in any of the handbook's synonyms.
    """
    words = keywords(typed("q"))
    ticked = {*typed.every("need"), *typed.every("skill")} & needs().keys()
    offered = frozenset(ticked.union(*(wanted(word) for word in words)))
    language = typed("language")
    return Wish(
        words=words, needs=offered, near_needs=near_needs(offered),
        topics=frozenset(typed.every("topic")[:MOST_TOPICS]),
        languages=frozenset(languages()) if language == BOTH_LANGUAGES else frozenset({language} & {*languages()}),
        time=next((time for time in TimeGiven if time == typed("time")), None),
    )


def keywords(text: str) -> tuple[str, ...]:
    """The words of a line, none twice: cut at commas where there are any, else at spaces."""
    cut = _BETWEEN_WORDS.split(text) if _BETWEEN_WORDS.search(text) else text.split()
    kept = (" ".join(word.split())[:LONGEST_WORD] for word in cut)
    return tuple(dict.fromkeys(word for word in kept if word))[:MOST_WORDS]


def near_needs(offered: Iterable[str]) -> frozenset[str]:
    """The wider roles of some, the finer ones of these, and the role for anybody; without those offered."""
    offered = set(offered)
    wider = {broader for key in offered if (broader := needs()[key].broader)}
    finer = {need.key for need in needs().values() if need.broader in offered}
    return frozenset({OPEN_TO_ALL, *wider, *finer} & needs().keys()) - offered
