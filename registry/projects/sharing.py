"""What a project's picture in chats and on social sites says."""

from registry.handbook import ladder
from registry.projects.queries.listing import ProjectCard
from registry.projects.queries.project import ProjectPageRow
from registry.web.cards import Card, rings_of
from registry.web.i18n import gettext as _
from registry.web.i18n import ngettext, plain


def project_share_card(project: ProjectCard | ProjectPageRow) -> Card:
    """Its name and sentence, how far it has come, and how often it was pitched."""
    stages, times = ladder(), project.pitch_count
    pitched = ngettext("pitched once", "pitched %(num)s times", times) % {"num": times} if times else ""
    return Card(
        kind=_("Project"), title=plain(project.name), summary=plain(project.summary), rings=rings_of(times),
        facts=tuple(filter(None, [plain(stages.stage_of(project.stage_key).name), pitched])),
        stages=(len(stages.stage), stages.position(project.stage_key) + 1),
    )
