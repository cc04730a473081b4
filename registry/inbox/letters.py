"""The letters: what they say, in their reader's language, as plain text and as simple HTML."""

from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import select

from registry.addresses import percent_encoded
from registry.database.engine import Reader
from registry.events.models import Event
from registry.inbox.keys import secret_name
from registry.inbox.mailing import confirmation_token
from registry.inbox.models import Delivery, Notice
from registry.inbox.rules import MailPace
from registry.inbox.words import notice_sentence
from registry.registrations.models import Registration
from registry.registrations.rules import RegistrationState
from registry.settings import Settings
from registry.web import i18n
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext
from registry.web.templates import render_template

NOTICES_IN_A_LETTER = 50
STOP = "stop mail"
"""The purpose of the keys in links by which mail is stopped."""


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to one address. ``stop_url`` stops all further ones; a confirmation has none."""

    to: str
    subject: str
    lines: list[tuple[str, str]]
    """What it says: pairs (sentence, address where that leads)."""
    closing: str
    message_id: str
    language: str
    stop_url: str = ""

    @property
    def text(self) -> str:
        """The letter as plain text."""
        told = [f"{sentence}\n{address}" for sentence, address in self.lines]
        return "\n\n".join([*told, "-- \n" + "\n".join(filter(None, [self.closing, self.stop_url]))]) + "\n"

    @property
    def html(self) -> str:
        """The letter as HTML."""
        i18n.speak(self.language)
        return render_template("inbox/letter.html", letter=self, language=self.language)


async def compose(reader: Reader, payload: dict[str, Any], settings: Settings, *, key: str) -> Letter | None:
    """The letter that a message of the outbox stands for; none when its person does not want it any more."""
    if payload["letter"] == "guest":
        return await _to_guest(reader, payload["registration_id"], settings, key=key)
    delivery = (await reader.execute(
        select(
            Delivery.person_id, Delivery.language, Delivery.email, Delivery.unconfirmed_email, Delivery.pace,
            Delivery.confirmation_sent_at, Delivery.mail_key,
        ).where(Delivery.person_id == payload["person_id"])
    )).one_or_none()
    if delivery is None:
        return None
    envelope = _envelope(delivery.language, settings, key)
    if payload["letter"] == "confirmation":
        return _confirmation(delivery, settings, envelope)
    return await _notices(reader, delivery, payload, settings, envelope)


async def _to_guest(reader: Reader, registration_id: int, settings: Settings, *, key: str) -> Letter | None:
    """Where a guest of an event stands now; none when they took their address back or cancelled meanwhile."""
    row = (await reader.execute(
        select(
            Registration.code, Registration.state, Registration.mail_address, Registration.language,
            Event.name.label("event"),
        ).join(Event, Event.id == Registration.event_id).where(Registration.id == registration_id)
    )).one_or_none()
    if row is None or not row.code or not row.mail_address or row.state is RegistrationState.CANCELLED:
        return None
    envelope = _envelope(row.language, settings, key)
    stands = {
        RegistrationState.CONFIRMED: _("You have a place at %(event)s."),
        RegistrationState.WAITING: _("You are on the waiting list of %(event)s."),
    }[row.state]
    return Letter(
        to=row.mail_address, **envelope, subject=stands % {"event": i18n.plain(row.event)},
        lines=[(
            stands % {"event": i18n.plain(row.event)} + " "
            + _("With this link you get in, and change or cancel your registration; keep it to yourself:"),
            f"{settings.base_url}/registrations/{row.code}",
        )],
        closing=_("Somebody, we hope you, left this address when they registered. If it was not you, do nothing."),
    )


def _envelope(language: str | None, settings: Settings, key: str) -> dict[str, str]:
    spoken = next((tag for tag in i18n.languages() if tag == language), i18n.languages()[0])
    i18n.speak(spoken)
    return {"language": spoken, "message_id": f"<{sha256(key.encode()).hexdigest()[:32]}@{_host(settings)}>"}


def _confirmation(delivery: Any, settings: Settings, envelope: dict[str, str]) -> Letter | None:
    if delivery.unconfirmed_email is None:
        return None
    token = confirmation_token(
        settings, delivery.person_id, delivery.unconfirmed_email, delivery.confirmation_sent_at
    )
    return Letter(
        to=delivery.unconfirmed_email, **envelope,
        subject=_("Confirm your address for %(community)s") % {"community": settings.community_name},
        lines=[(
            _("Somebody, we hope you, wants notices of %(community)s at this address. Confirm it within a day:")
            % {"community": settings.community_name}, f"{settings.base_url}/mail/confirm?token={token}",
        )],
        closing=_("If it was not you, do nothing: no further letter will come."),
    )


async def _notices(
    reader: Reader, delivery: Any, payload: dict[str, Any], settings: Settings, envelope: dict[str, str]
) -> Letter | None:
    if delivery.email is None or delivery.mail_key is None or delivery.pace == MailPace.NEVER:
        return None
    rows = (await reader.execute(
        select(Notice.kind, Notice.facts, Notice.path)
        .where(
            Notice.person_id == delivery.person_id, Notice.id > payload["after"], Notice.id <= payload["last"],
            Notice.read_at.is_(None),
        ).order_by(Notice.id).limit(NOTICES_IN_A_LETTER)
    )).all()
    if not rows:
        return None
    lines = [
        (notice_sentence(row.kind, row.facts), settings.base_url + percent_encoded(row.path)) for row in rows
    ]
    return Letter(
        to=delivery.email, **envelope, lines=lines,
        subject=lines[0][0] if len(lines) == 1 else (
            ngettext("%(num)s thing is new in %(community)s", "%(num)s things are new in %(community)s", len(lines))
            % {"num": len(lines), "community": settings.community_name}
        ),
        closing=_("You get this because you asked for it. To get no more of it:"),
        stop_url=f"{settings.base_url}/mail/stop/{secret_name(settings, STOP, delivery.mail_key)}",
    )


def _host(settings: Settings) -> str:
    return settings.base_url.split("://", 1)[1].split("/")[0].split(":")[0]
