"""Who is mailed what: an address and its confirmation, how often, and the job that puts letters into the outbox.

Letters in the outbox name a person, never an address: it is looked up when they leave, so that whoever took theirs
back meanwhile gets nothing. Nothing here goes to the audit log, which others read.
"""

import re
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Row, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.accounts.commands import hash_token
from registry.activity.commands import send_later
from registry.checks import Checks
from registry.database.engine import Reader
from registry.errors import BadInput
from registry.inbox.keys import new_key, signature
from registry.inbox.models import Delivery, Notice
from registry.inbox.rules import MailPace
from registry.ports import Workplace
from registry.settings import Settings
from registry.web.i18n import gettext as _
from registry.web.i18n import languages

MAIL: Final = "mail"
LONGEST_EMAIL = 254
CONFIRMATION_TIME = timedelta(hours=24)
BETWEEN_CONFIRMATIONS = timedelta(minutes=5)
DIGEST_RHYTHM = timedelta(days=1)
LETTERS_AT_ONCE = 200
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


class Telling(msgspec.Struct, frozen=True):
    """How one person wants to be told, as their own page shows it."""

    email: str | None = None
    unconfirmed_email: str | None = None
    pace: MailPace = MailPace.NEVER
    language: str | None = None
    feed_key: str | None = None


async def telling_of(reader: Reader, *, person_id: int) -> Telling:
    """How a person wants to be told (one statement)."""
    row = (await reader.execute(
        select(Delivery.email, Delivery.unconfirmed_email, Delivery.pace, Delivery.language, Delivery.feed_key)
        .where(Delivery.person_id == person_id)
    )).one_or_none()
    return Telling(*row) if row else Telling()


async def ask_to_confirm(
    session: AsyncSession, *, person_id: int, email: str, settings: Settings, now: datetime
) -> None:
    """Note the address somebody gives, and send a letter there by which it is confirmed; it is not used before.

    Raises:
        BadInput: it is no address, or the last letter was sent a moment ago.
    """
    checks = Checks()
    email = checks.line("email", email, longest=LONGEST_EMAIL, is_required=True)
    delivery = await delivery_of(session, person_id)
    if email and not _EMAIL.fullmatch(email):
        checks.wrong("email", _("This is no e-mail address. Use one such as name@example.org."))
    if delivery.confirmation_sent_at and now - delivery.confirmation_sent_at < BETWEEN_CONFIRMATIONS:
        checks.wrong("email", _("A letter was sent a moment ago. Look for it, or try again in five minutes."))
    checks.done()
    delivery.unconfirmed_email, delivery.confirmation_sent_at = email, now
    delivery.confirmation_hash = hash_token(confirmation_token(settings, person_id, email, now))
    await send_later(
        session, key=f"mail:confirm:{person_id}:{now.timestamp():.0f}", kind=MAIL, now=now,
        payload={"letter": "confirmation", "person_id": person_id},
    )


def confirmation_token(settings: Settings, person_id: int, email: str, sent_at: datetime) -> str:
    """What the letter carries. It is made anew when the letter leaves, so that no table holds it."""
    return signature(settings, "confirm", f"{person_id}:{email}:{sent_at.timestamp():.6f}")


async def confirm_email(session: AsyncSession, *, token: str, now: datetime) -> None:
    """Take an address into use, for a letter a day if nothing else was chosen. Any browser may do it, with the letter.

    Raises:
        BadInput: the letter is too old, was used, or another one was asked for since.
    """
    delivery = await session.scalar(
        select(Delivery).where(Delivery.confirmation_hash == hash_token(token)).with_for_update()
    )
    sent_at = delivery.confirmation_sent_at if delivery else None
    if delivery is None or sent_at is None or now - sent_at > CONFIRMATION_TIME:
        raise BadInput(_("This link is too old or was used already. Ask for a new letter on the page of your notices."))
    delivery.email, delivery.unconfirmed_email, delivery.confirmation_hash = delivery.unconfirmed_email, None, None
    delivery.mail_key = delivery.mail_key or new_key()
    if delivery.pace is MailPace.NEVER:
        delivery.pace = MailPace.DAILY
    delivery.mailed_notice_id = await _last_notice(session)


async def choose_pace(session: AsyncSession, *, person_id: int, pace: str, language: str) -> None:
    """Choose how often one is mailed, and in which language. What is in the inbox already is not mailed.

    Raises:
        BadInput: neither is offered.
    """
    checks = Checks()
    checks.one_of("pace", pace, list(MailPace), is_required=True)
    checks.one_of("language", language, languages(), is_required=True)
    checks.done()
    delivery = await delivery_of(session, person_id)
    if delivery.pace is MailPace.NEVER:
        delivery.mailed_notice_id = await _last_notice(session)
    delivery.pace, delivery.language = MailPace(pace), language


async def forget_email(session: AsyncSession, *, person_id: int) -> None:
    """Forget somebody's address, confirmed or not."""
    delivery = await delivery_of(session, person_id)
    delivery.email = delivery.unconfirmed_email = delivery.confirmation_hash = None
    delivery.pace = MailPace.NEVER


async def stop_mail(session: AsyncSession, *, mail_key: str) -> None:
    """Mail somebody nothing from now on, by the link in every letter; their address stays theirs to use again.

    Raises:
        BadInput: the link belongs to nobody any more.
    """
    delivery = await session.scalar(select(Delivery).where(Delivery.mail_key == mail_key).with_for_update())
    if delivery is None:
        raise BadInput(_("This link is not in use any more: nothing is mailed to you by it."))
    delivery.pace = MailPace.NEVER


async def renew_feed(session: AsyncSession, *, person_id: int) -> None:
    """Give somebody's feed a new address; the former one leads nowhere from now on."""
    (await delivery_of(session, person_id)).feed_key = new_key()


async def close_feed(session: AsyncSession, *, person_id: int) -> None:
    """Take the address of somebody's feed away."""
    (await delivery_of(session, person_id)).feed_key = None


async def delivery_of(session: AsyncSession, person_id: int) -> Delivery:
    """How a person wants to be told, to be changed."""
    delivery = await session.get(Delivery, person_id, with_for_update=True)
    if delivery is None:
        delivery = Delivery(person_id=person_id, pace=MailPace.NEVER, mailed_notice_id=0)
        session.add(delivery)
        await session.flush()
    return delivery


async def write_letters(workplace: Workplace, now: datetime) -> None:
    """Job: put a letter into the outbox for everyone whose turn it is and who was told something new."""
    async with workplace.database.reading() as reader:
        is_someone_due = (await reader.execute(_due_letters(now).limit(1))).first() is not None
    if not is_someone_due:
        return
    async with workplace.database.writing() as session:
        for row in (await session.execute(_due_letters(now).limit(LETTERS_AT_ONCE))).all():
            await _write_letter(session, row, now)


async def _write_letter(session: AsyncSession, row: Row[int, int, int], now: datetime) -> None:
    person_id, after, last = row
    await send_later(
        session, key=f"mail:notices:{person_id}:{last}", kind=MAIL, now=now,
        payload={"letter": "notices", "person_id": person_id, "after": after, "last": last},
    )
    delivery = await delivery_of(session, person_id)
    delivery.mailed_notice_id, delivery.mailed_at = last, now


def _due_letters(now: datetime) -> Select[int, int, int]:
    """(person, the last notice they were mailed, the newest one) of everyone whose turn it is."""
    return (
        select(Delivery.person_id, Delivery.mailed_notice_id, func.max(Notice.id))
        .join(Notice, and_(
            Notice.person_id == Delivery.person_id, Notice.id > Delivery.mailed_notice_id, Notice.read_at.is_(None),
        ))
        .where(
            Delivery.email.is_not(None), Delivery.pace != MailPace.NEVER,
            or_(
                Delivery.pace == MailPace.AT_ONCE, Delivery.mailed_at.is_(None),
                Delivery.mailed_at <= now - DIGEST_RHYTHM,
            ),
        )
        .group_by(Delivery.person_id, Delivery.mailed_notice_id).order_by(Delivery.person_id)
    )


async def _last_notice(session: AsyncSession) -> int:
    return await session.scalar(select(func.max(Notice.id))) or 0


