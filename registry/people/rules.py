"""Who people are to the registry: identities, roles in a project, kinds of contribution."""

from enum import StrEnum


class IdentityProvider(StrEnum):
    """Where an identity comes from."""

    GITHUB = "github"
    SLACK = "slack"
    EMAIL = "email"


class MembershipRole(StrEnum):
    """A person's part in a project."""

    OWNER = "owner"
    MAINTAINER = "maintainer"
    CONTRIBUTOR = "contributor"


class PersonOrigin(StrEnum):
    """How a person came into the registry."""

    SIGNED_IN = "signed_in"
    IMPORTED = "imported"
    ERASED = "erased"
