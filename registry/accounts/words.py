"""What roles are called, who may do what, and why a sign-in failed, in the reader's words."""

from registry.accounts.personas import Persona
from registry.accounts.rules import ALLOWED, Permission, Role, SignInProblem
from registry.web.i18n import format_alternatives
from registry.web.i18n import gettext as _


def role_name(role: Role) -> str:
    """What those with a role are called."""
    return {
        Role.VISITOR: _("visitors"),
        Role.MEMBER: _("people who are signed in"),
        Role.REGISTERED: _("those registered for the event"),
        Role.INITIATOR: _("those who pitched it"),
        Role.HELPER: _("helpers of the event"),
        Role.CONTRIBUTOR: _("contributors of the project"),
        Role.MAINTAINER: _("maintainers of the project"),
        Role.OWNER: _("the project's owner"),
        Role.WRITER: _("writers of the case study"),
        Role.ORGANISER: _("organisers"),
        Role.ADMINISTRATOR: _("administrators"),
    }[role]


def who_may(permission: Permission) -> str:
    """A sentence for someone who may not: who could do this."""
    allowed = ALLOWED[permission]
    roles = [Role.MEMBER] if Role.MEMBER in allowed else [role for role in Role if role in allowed]
    return _("Only %(roles)s may do this.") % {"roles": format_alternatives([role_name(role) for role in roles])}


def sign_in_problem(problem: SignInProblem, provider: str) -> str:
    """What went wrong at ``provider`` (its name), and what to do."""
    return {
        SignInProblem.EXPIRED: _(
            "This sign-in is too old, was used already, or began in another browser. Please start again."
        ),
        SignInProblem.DECLINED: _("You did not let %(provider)s tell us who you are, so you are not signed in."),
        SignInProblem.REFUSED: _("%(provider)s did not confirm who you are. Please start again."),
        SignInProblem.UNREACHABLE: _(
            "%(provider)s does not answer at the moment. Nothing is lost: try again in a few minutes, or sign in "
            "another way."
        ),
        SignInProblem.LEFT: _(
            "That %(provider)s account is no longer in the community's workspace. Sign in another way, or ask an "
            "organiser."
        ),
        SignInProblem.TAKEN: _(
            "That %(provider)s account already belongs to someone else here. Sign out and sign in with it to use it."
        ),
    }[problem] % {"provider": provider}


def persona_words(persona: Persona) -> tuple[str, str]:
    """What a part of the demo is called, and what one can do in it."""
    return {
        Persona.PROPOSER: (_("Proposer"), _("new here, with an idea to pitch")),
        Persona.OWNER: (_("Owner"), _("runs the example project and its page")),
        Persona.ORGANISER: (_("Organiser"), _("runs events and their programme")),
        Persona.ADMINISTRATOR: (_("Administrator"), _("may do everything")),
    }[persona]


def browser_name(user_agent: str) -> str:
    """A browser and its system as people call them, from what it says of itself."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
               "Linux": "Linux"}
    browser = next((name for sign, name in browsers.items() if sign in user_agent), _("Unknown browser"))
    system = next((name for sign, name in systems.items() if sign in user_agent), "")
    return f"{browser} · {system}" if system else browser
