"""Between the form of a registration and what it means."""

from registry.registrations.commands.place import RegistrationWritten
from registry.registrations.queries import EventToRegister, RegistrationRow
from registry.registrations.rules import KEYWORDS
from registry.web.typed import Typed


def registration_in(typed: Typed, event: EventToRegister) -> RegistrationWritten:
    """What is written in the form."""
    return RegistrationWritten(
        badge_name=typed("badge_name"), keywords=[typed(f"keyword-{number}") for number in range(1, KEYWORDS + 1)],
        is_newcomer=typed.has("is_newcomer"), photo_consent=typed("photo_consent"), meal=typed("meal"),
        mail_address=typed("mail_address"), accepted=[one.key for one in event.conduct if typed.has(f"rule-{one.key}")],
    )


def registration_fields(registration: RegistrationRow) -> dict[str, str]:
    """The form filled from the record."""
    consent = {True: "yes", False: "no", None: ""}[registration.photo_consent]
    return {
        "badge_name": registration.badge_name, "photo_consent": consent, "meal": registration.meal or "",
        "mail_address": registration.mail_address or "", "is_newcomer": "yes" if registration.is_newcomer else "",
        **{f"keyword-{number}": word for number, word in enumerate(registration.keywords, start=1)},
        **{f"rule-{key}": "yes" for key in registration.accepted_rules},
    }
