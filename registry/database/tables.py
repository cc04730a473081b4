"""Every table, imported in one place so that ``Base.metadata`` is whole for migrations and tests."""

from registry.accounts import models as accounts
from registry.activity import models as activity
from registry.announcements import models as announcements
from registry.audit import models as audit
from registry.cases import models as cases
from registry.channels import models as channels
from registry.claims import models as claims
from registry.contributions import models as contributions
from registry.database.base import Base
from registry.duplicates import models as duplicates
from registry.events import models as events
from registry.hooks import models as hooks
from registry.inbox import models as inbox
from registry.jobs import models as jobs
from registry.joining import models as joining
from registry.moderation import models as moderation
from registry.people import models as people
from registry.privacy import models as privacy
from registry.programme import models as programme
from registry.projects import models as projects
from registry.proposals import models as proposals
from registry.publishing import models as publishing
from registry.receivers import models as receivers
from registry.registrations import models as registrations
from registry.repositories import models as repositories
from registry.results import models as results
from registry.roster import models as roster
from registry.search import models as search
from registry.stages import models as stages
from registry.tallies import models as tallies
from registry.tokens import models as tokens
from registry.uploads import models as uploads

__all__ = [
    "Base", "accounts", "activity", "announcements", "audit", "cases", "channels", "claims", "contributions",
    "duplicates", "events", "hooks", "inbox", "jobs", "joining", "moderation", "people", "privacy", "programme",
    "projects", "proposals", "publishing", "receivers", "registrations", "repositories", "results", "roster",
    "search", "stages", "tallies", "tokens", "uploads",
]
