"""A project as schema.org data."""

from typing import Any

from registry.addresses import percent_encoded
from registry.projects.queries.project import ProjectPageRow
from registry.projects.rules import LinkKind
from registry.web.i18n import other_names, plain


def project_linked_data(project: ProjectPageRow, base_url: str) -> dict[str, Any]:
    """Source code where the project has a repository, else a work. Empty facts are left out."""
    url = percent_encoded(f"{base_url}/projects/{project.slug}")
    repositories = [link.url for link in project.links if link.kind is LinkKind.REPOSITORY]
    facts = {
        "@type": "SoftwareSourceCode" if repositories else "CreativeWork",
        "@id": url,
        "url": url,
        "name": plain(project.name),
        "alternateName": [*(name for _, name in other_names(project.name)), *(one.name for one in project.aliases)],
        "abstract": plain(project.summary),
        "codeRepository": repositories[0] if repositories else "",
        "license": project.code_licence,
        "keywords": [plain(tag.name) for tag in project.tags],
        "dateCreated": project.first_pitched_on,
        "dateModified": project.updated_at,
        "creator": [
            {"@type": "Person", "name": member.name, "url": percent_encoded(base_url + member.url)}
            for member in project.members if member.left_on is None
        ],
        "sameAs": [link.url for link in project.links if link.kind is LinkKind.SITE],
    }
    return {name: value for name, value in facts.items() if value}
