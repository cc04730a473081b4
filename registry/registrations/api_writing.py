"""Registering for an event through the API."""

from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import JSONBody
from msgspec import Meta

from registry.accounts.rules import Permission
from registry.registrations.commands.place import RegistrationWritten, register
from registry.tokens.rules import Scope
from registry.web.api.openapi import write_at
from registry.web.api.records import RecordId
from registry.web.api.writing import POST, InWriting, Place, Written
from registry.web.i18n import current_language, marked


class NewRegistration(msgspec.Struct, forbid_unknown_fields=True):
    """What you say when you register for an event."""

    photo_consent: Annotated[bool, Meta(description="Whether you may be in pictures.", examples=[True])]
    accepts: Annotated[
        list[str],
        Meta(description="Keys of the Code of Conduct's items that you accept; all are needed, and a refusal names "
                         "those that are missing.", examples=[["respect"]], max_length=100),
    ]
    badge_name: Annotated[str, Meta(description="Name on your badge; yours here if left out.", examples=["Ada"])] = ""
    keywords: Annotated[
        list[str], Meta(description="Up to three words for your badge.", examples=[["maps"]], max_length=3)
    ] = []
    is_newcomer: Annotated[bool, Meta(description="Whether you come for the first time.", examples=[False])] = False
    meal: Annotated[str, Meta(description="Key of the meal, where the event has meals.", examples=["vegetarian"])] = ""
    mail_address: Annotated[
        str, Meta(description="Where to be written to about it.", examples=["ada@example.org"])
    ] = ""


@write_at(
    POST, "/events/{slug:str}/registrations", name="register", summary=marked("Register for an event"),
    scope=Scope.EVENTS, permission=Permission.REGISTER, status=201,
)
async def registration_by_token(
    writing: InWriting, slug: RecordId, data: JSONBody[NewRegistration]
) -> Response[Written]:
    """Take a place, or one on the waiting list. Its page is a secret: whoever has the address can change it."""

    async def take() -> Place:
        written = RegistrationWritten(
            badge_name=data.badge_name or writing.by.name, keywords=data.keywords, is_newcomer=data.is_newcomer,
            photo_consent="yes" if data.photo_consent else "no", meal=data.meal, mail_address=data.mail_address,
            accepted=data.accepts,
        )
        registration = await register(
            writing.session, slug=slug, written=written, language=current_language(), by=writing.by, now=writing.now
        )
        return Place(f"/registrations/{registration.code}", str(registration.code), "", registration.revision)

    return await writing.once(data, take)


REGISTRATIONS_BY_TOKEN = [registration_by_token]
