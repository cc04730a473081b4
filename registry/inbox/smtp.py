"""Letters leave by SMTP, one connection a letter."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate

from registry.database.engine import Database
from registry.inbox.letters import Letter, compose
from registry.ports import Outgoing, TryLater, Undeliverable, WriteDown
from registry.settings import Settings

SECONDS = 15
_FOR_GOOD = 500
_OUR_FAULT = frozenset({530, 534, 535, 538})  # sign-in: the settings are wrong, and the letter is not


class Mailer:
    """Delivers the outbox's letters.

    A letter may arrive twice when we die, or the server falls silent, between its last dot and our note of that: SMTP
    offers no way to ask. Both copies then carry one ``Message-ID``, and most mailboxes show one.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def deliver(self, message: Outgoing, database: Database) -> WriteDown | None:
        """Send a letter to whoever it is for; nothing is sent to someone who does not want it any more.

        Raises:
            TryLater: the server is out of reach, or refuses for now (4xx).
            Undeliverable: it refuses for good (5xx).
        """
        async with database.reading() as reader:
            letter = await compose(reader, message.payload, self._settings, key=message.key)
        if letter is not None:
            await asyncio.to_thread(self._send, letter)
        return None

    def _send(self, letter: Letter) -> None:
        """Send a letter. What is raised holds numbers alone: a server's words often repeat the address."""
        settings = self._settings
        try:
            with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS) as server:
                if settings.smtp_starttls:
                    server.starttls(context=ssl.create_default_context())
                if settings.smtp_user:
                    server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
                server.send_message(as_message(letter, settings), to_addrs=[letter.to])
        except smtplib.SMTPRecipientsRefused as refusal:
            raise _refused(next(iter(refusal.recipients.values()))[0]) from None
        except smtplib.SMTPResponseException as refusal:
            raise _refused(refusal.smtp_code) from None
        except (smtplib.SMTPException, OSError) as trouble:
            # A server that falls silent shows as disconnected; it may have taken the letter before.
            may_be_out = isinstance(trouble, smtplib.SMTPServerDisconnected | TimeoutError)
            raise TryLater(f"SMTP: {type(trouble).__name__}", may_be_out=may_be_out) from None


def as_message(letter: Letter, settings: Settings) -> EmailMessage:
    """A letter with its head, as RFC 5322 and RFC 8058 (unsubscribing by one click) want it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.smtp_from, letter.to, letter.subject
    message["Date"], message["Message-ID"] = formatdate(usegmt=True), letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    if letter.stop_url:
        message["List-Unsubscribe"] = f"<{letter.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last, for setting the content takes its heads away
    return message


def _refused(code: int) -> TryLater | Undeliverable:
    is_for_good = code >= _FOR_GOOD and code not in _OUR_FAULT
    return Undeliverable(f"SMTP {code}") if is_for_good else TryLater(f"SMTP {code}")
