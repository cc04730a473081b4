"""What organisers do after the day: match a list of videos to the pitches."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from registry.accounts.queries import roles_at_event
from registry.accounts.rules import Permission
from registry.database.engine import Reader
from registry.errors import BadInput, RegistryError
from registry.floor.pages import floor_found
from registry.floor.queries import Floor
from registry.results.commands import ChosenVideo, keep_videos
from registry.results.queries import pitch_titles
from registry.results.rules import Sureness, VideoKind
from registry.results.videos import MOST_VIDEOS, MatchedVideo, PitchTitles, match_videos, read_videos
from registry.results.words import sureness_name, video_kind_name
from registry.web.dependencies import InActor, InNow, InReader, InSession
from registry.web.i18n import gettext as _
from registry.web.i18n import plain
from registry.web.permissions import needs
from registry.web.render import PageHead, render
from registry.web.typed import SEE_OTHER, Typed, attempt, read_typed, see

AnyRequest = Request[Any, Any, Any]
LONGEST_LIST = 60_000


@get("/after")
async def after_page(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """Where a list of videos is pasted, and what else is to do after the day."""
    return await _after(request, reader, slug, Typed.of())


@post("/after", status_code=200)
async def videos_match(request: AnyRequest, reader: InReader, slug: FromPath[str]) -> Response[str]:
    """Which pitch each video of a list shows, to be confirmed: nothing is kept yet."""
    typed = await read_typed(request)
    listed = read_videos(typed("list")[:LONGEST_LIST])
    if not listed:
        typed.refused(BadInput(_("No web address was found. Paste a title and a link on each line.")))
        return await _after(request, reader, slug, typed)
    floor = await floor_found(reader, slug)
    pitches = await pitch_titles(reader, floor.id)
    return _matches(request, floor, pitches, _fields_of(match_videos(listed, pitches), typed("kind")))


@post("/after/videos", status_code=SEE_OTHER)
async def videos_keep(
    request: AnyRequest, actor: InActor, session: InSession, now: InNow, slug: FromPath[str]
) -> Response[Any]:
    """Keep the videos that are ticked."""
    typed = await read_typed(request)
    chosen = [
        ChosenVideo(row, typed(f"proposal-{row}"), typed(f"url-{row}"), typed(f"title-{row}"))
        for row in range(_rows(typed)) if typed.has(f"keep-{row}")
    ]

    async def keep() -> str:
        await keep_videos(session, slug=slug, videos=chosen, kind=typed("kind"), by=actor, now=now)
        return f"/events/{slug}#pitches"

    outcome = await attempt(session, typed, keep, by=actor, now=now)
    if isinstance(outcome, RegistryError):
        floor = await floor_found(session, slug)
        return _matches(request, floor, await pitch_titles(session, floor.id), typed)
    return see(outcome, "videos-kept")


AFTER_ROUTES: Sequence[ControllerRouterHandler] = [
    Router("/events/{slug:str}", opt=needs(Permission.RUN_EVENT, there=roles_at_event), route_handlers=[
        after_page, videos_match, videos_keep,
    ]),
]


async def _after(request: AnyRequest, reader: Reader, slug: str, typed: Typed) -> Response[str]:
    floor = await floor_found(reader, slug)
    return render(
        request, "results/after.html", status_code=typed.status, typed=typed, floor=floor,
        kinds=[(kind.value, video_kind_name(kind)) for kind in VideoKind],
        page=PageHead(title=_("After %(event)s") % {"event": plain(floor.name)}, is_indexed=False),
    )


def _matches(request: AnyRequest, floor: Floor, pitches: list[PitchTitles], typed: Typed) -> Response[str]:
    rows = [
        (row, Sureness(sure) if (sure := typed(f"sureness-{row}")) in set(Sureness) else Sureness.NONE)
        for row in range(_rows(typed))
    ]
    return render(
        request, "results/matches.html", status_code=typed.status, typed=typed, floor=floor,
        rows=[(row, sureness.value, sureness_name(sureness)) for row, sureness in rows],
        pitches=[(pitch.slug, " · ".join(pitch.names[:2])) for pitch in pitches],
        labels=[(f"proposal-{row}", typed(f"title-{row}") or str(row + 1)) for row, _sureness in rows],
        page=PageHead(title=_("Videos of %(event)s") % {"event": plain(floor.name)}, is_indexed=False),
    )


def _fields_of(matched: list[MatchedVideo], kind: str) -> Typed:
    """The matches as the fields of the form that confirms them; only what is certain is ticked."""
    fields: dict[str, list[str]] = {"rows": [str(len(matched))], "kind": [kind]}
    for row, match in enumerate(matched):
        fields |= {
            f"url-{row}": [match.video.url], f"title-{row}": [match.video.title], f"proposal-{row}": [match.slug],
            f"sureness-{row}": [match.sureness.value],
        }
        if match.sureness is Sureness.CERTAIN:
            fields[f"keep-{row}"] = ["yes"]
    return Typed(fields)


def _rows(typed: Typed) -> int:
    return min(typed.number("rows") or 0, MOST_VIDEOS)
