"""Which case studies the public sees. Selects that use this join the project."""

from sqlalchemy import ColumnElement, and_

from registry.cases.models import CaseStudy
from registry.projects.models import Project


def case_is_public() -> ColumnElement[bool]:
    """Published, and neither it nor its project is hidden."""
    return and_(CaseStudy.version.is_not(None), CaseStudy.hidden_at.is_(None), Project.hidden_at.is_(None))
