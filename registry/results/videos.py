"""A pasted list of videos, read in the forms people have it in, and matched to the pitches of an event."""

import csv
import re
from collections.abc import Mapping, Sequence

import msgspec
from rapidfuzz import fuzz

from registry.links import clean_url
from registry.projects.rules import normalise_name
from registry.results.rules import Sureness

MOST_VIDEOS = 300
LONGEST_TITLE = 300
LIKELY_FROM = 82.0
"""From this likeness (of 100) on, a video is offered as likely; below it nothing is offered."""
SHORTEST_PART = 3
"""A name that short, found inside a longer title, says nothing."""
_URL = re.compile(r"https?://[^\s|<>\"'\]、，；]+")
_TRAILING = ".,;:!?)）」』"
_EDGES = " \t|,;:：、，；-–—·[]()（）<>\"'*#•"
_NUMBERED = re.compile(r"^\s*(?:#?\d{1,3}\s*[.)、:：\]]|[-*•])\s+")
_DURATION = re.compile(r"^(?:\d{1,2}:)?\d{1,2}:\d{2}$")
_PARTS = re.compile(r"[|｜/／\-–—:：【】\[\]「」『』()（）]+")


class ListedVideo(msgspec.Struct, frozen=True):
    """A video of a list: its title as written there, and its address."""

    title: str
    url: str


class PitchTitles(msgspec.Struct, frozen=True):
    """A pitch with every name it goes by: its titles and its project's."""

    slug: str
    names: tuple[str, ...]


class MatchedVideo(msgspec.Struct, frozen=True):
    """A video and the pitch it shows, as far as the titles tell; without a slug nothing does."""

    video: ListedVideo
    slug: str
    sureness: Sureness


def read_videos(text: str) -> list[ListedVideo]:
    """The videos of a pasted list, each address once; at most ``MOST_VIDEOS``.

    Each line may be ``title | address``, ``title address``, ``address title``, a row of a table with commas or tabs,
    a link in Markdown, or the title alone with its address on the line below. What has no address is passed over.
    """
    videos: dict[str, ListedVideo] = {}
    above = ""
    for line in text.splitlines():
        found = _URL.search(line)
        if found is None:
            above = line if line.strip() and not _DURATION.match(line.strip()) else above
            continue
        address = found[0].rstrip(_TRAILING)
        try:
            url = clean_url(address)
        except ValueError:
            continue
        title = _title(_without(line, address)) or _title(above)
        above = ""
        videos.setdefault(url, ListedVideo(title[:LONGEST_TITLE], url))
    return list(videos.values())[:MOST_VIDEOS]


def match_videos(videos: Sequence[ListedVideo], pitches: Sequence[PitchTitles]) -> list[MatchedVideo]:
    """Each video with the pitch that its title names.

    Certain is a title that, whole or in one of its parts, is a name of one pitch and of no other. Likely is one that
    is much like a name, holds it, or is the name of several. All else is left to people.
    """
    names = {pitch.slug: {normal for name in pitch.names if (normal := normalise_name(name))} for pitch in pitches}
    return [_matched(video, names) for video in videos]


def _matched(video: ListedVideo, names: Mapping[str, set[str]]) -> MatchedVideo:
    whole = normalise_name(video.title)
    parts = {whole, *(normalise_name(part) for part in _PARTS.split(video.title))} - {""}
    same = [slug for slug, some in names.items() if some & parts]
    if len(same) == 1:
        return MatchedVideo(video, same[0], Sureness.CERTAIN)
    if same:
        return MatchedVideo(video, same[0], Sureness.LIKELY)
    scores = {slug: max((_likeness(name, whole, parts) for name in some), default=0.0) for slug, some in names.items()}
    best = max(scores, key=lambda slug: scores[slug], default="")
    if best and scores[best] >= LIKELY_FROM:
        return MatchedVideo(video, best, Sureness.LIKELY)
    return MatchedVideo(video, "", Sureness.NONE)


def _likeness(name: str, whole: str, parts: set[str]) -> float:
    if len(name) >= SHORTEST_PART and name in whole:
        return 90.0 + min(9.0, len(name) / 10)  # the longest name that the title holds wins
    return max((fuzz.ratio(name, part) for part in parts), default=0.0)


def _without(line: str, address: str) -> str:
    """A line without its address; of a table's row the cell before it, or else the longest other one."""
    if "," in line or "\t" in line:
        row = next(csv.reader([line], delimiter="\t" if "\t" in line else ","), [])
        cells = [cell for cell in row if address not in cell and cell.strip()]
        if len(cells) + 1 == len(row) and len(row) > 1:
            return max(cells, key=len, default="")
    return line.replace(address, " ")


def _title(text: str) -> str:
    return " ".join(_NUMBERED.sub("", text).strip(_EDGES).split())
