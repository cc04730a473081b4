"""Cards as answers: drawn in a thread of their own, kept by what they say, and named by their content.

What a card says is read from the record each time, so that no write makes a kept one wrong; the same words are drawn
once. One card is drawn at a time, however many are asked for: the pages go on being answered meanwhile.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.status_codes import HTTP_200_OK, HTTP_304_NOT_MODIFIED

from registry.community import Community
from registry.community.current import community, once_a_community
from registry.web.cards import Card
from registry.web.i18n import current_language, plain
from registry.web.kept_bytes import KeptBytes

KEPT_BYTES = 8 * 1024 * 1024
_PNG = "image/png"
_MINUTES = {"Cache-Control": "public, max-age=600"}
_one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cards")


async def answer_card(request: Request[Any, Any, Any], card: Card) -> Response[bytes]:
    """The card as a PNG, with an ETag of what it shows; nothing new (304) for those who have it."""
    picture = await _drawn(card)
    etag = f'"{blake2b(picture, digest_size=12).hexdigest()}"'
    headers = {"ETag": etag, "Vary": "Accept-Language, Cookie", **_MINUTES}
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers, media_type=_PNG)
    return Response(picture, status_code=HTTP_200_OK, headers=headers, media_type=_PNG)


async def _drawn(card: Card) -> bytes:
    kept, name = _kept_cards(), msgspec.json.encode([card, current_language()])
    picture = kept.get(name)
    if picture is None:
        here = community()
        names = plain(here.name), plain(here.site_name)
        picture = await asyncio.get_running_loop().run_in_executor(_one_at_a_time, _draw, card, here, *names)
        kept.keep(name, picture)
    return picture


def _draw(card: Card, here: Community, name: str, site: str) -> bytes:
    from registry.web.cards.drawing import Look, draw_card  # noqa: PLC0415 — Pillow is loaded with the first card

    return draw_card(card, Look(community=name, site=site, logo=here.logo, colours=here.colours.of("light")))


@once_a_community
def _kept_cards(_here: Community) -> KeptBytes:
    return KeptBytes(KEPT_BYTES)
