"""Taking the name of somebody who is erased out of case studies that link it."""

import re
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.cases.commands.review import rendered
from registry.cases.content import content_of
from registry.cases.models import CaseStudy, CaseVersion
from registry.database.types import Localized


async def unname(session: AsyncSession, *, slug: str, instead: Localized) -> None:
    """Put ``instead`` in the place of each link to a person's page, in drafts and in every version.

    What a case begins with names people as such links. A name that somebody wrote without one is a reviewer's to see.
    """
    place = f"(/people/{slug})"
    link = re.compile(r"\[[^\]\n]*\]" + re.escape(place))
    for version in await session.scalars(
        select(CaseVersion).where(cast(CaseVersion.content, Text).contains(place, autoescape=True))
    ):
        version.content = _without(version.content, link, instead)
        version.html = rendered(content_of(version.content))
    for case in await session.scalars(
        select(CaseStudy).where(cast(CaseStudy.draft, Text).contains(place, autoescape=True))
    ):
        case.draft = _without(case.draft, link, instead)
    await session.flush()


def _without(content: dict[str, Any], link: re.Pattern[str], instead: Localized) -> dict[str, Any]:
    other = next(iter(instead.values()))
    sections = {
        section: {tag: link.sub(instead.get(tag, other), text) for tag, text in texts.items()}
        for section, texts in content.get("sections", {}).items()
    }
    return {**content, "sections": sections}
