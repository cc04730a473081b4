"""Errors that a person reads: what happened, and what to do."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta


class FieldError(msgspec.Struct):
    """What is wrong with one parameter or field."""

    name: Annotated[str, Meta(description="The parameter or field.", examples=["limit"])]
    detail: Annotated[str, Meta(description="What is wrong with it.", examples=["Expected `int` <= 100"])]


class RegistryError(Exception):
    """Something a person asked for cannot be done. The message, already in their language, says what to do.

    ``errors`` says it again for each field or parameter at fault.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(self, message: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = errors

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer's headers say of it."""
        return {}


class NotFound(RegistryError):
    """No such record, or none that this reader may see."""

    status = HTTPStatus.NOT_FOUND


class BadInput(RegistryError):
    """The request cannot be understood as it is."""


class TooLong(RegistryError):
    """The address is longer than any that this site makes."""

    status = HTTPStatus.REQUEST_URI_TOO_LONG


class NotAllowed(RegistryError):
    """The asker may not do this; the message says who could."""

    status = HTTPStatus.FORBIDDEN


class NoToken(RegistryError):
    """A script asked without an access token that is good; the message says where to make one."""

    status = HTTPStatus.UNAUTHORIZED

    @property
    def headers(self) -> Mapping[str, str]:
        """What to send."""
        return {"WWW-Authenticate": "Bearer"}


class MissingScope(NotAllowed):
    """The access token is good, but not for this; ``scope`` is what it lacks."""

    def __init__(self, message: str, *, scope: str) -> None:
        super().__init__(message)
        self.scope = scope

    @property
    def headers(self) -> Mapping[str, str]:
        """What the token lacks, for a program."""
        return {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{self.scope}"'}


class Refused(BadInput):
    """The body of a script's request was understood, but what it says cannot be kept."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Conflict(RegistryError):
    """What is asked for contradicts what is there by now."""

    status = HTTPStatus.CONFLICT


class Busy(RegistryError):
    """More is asked at once than can be served; the message says what works meanwhile."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class EditConflict(Conflict):
    """Somebody else has changed the record since the form was opened.

    ``theirs`` is what they saved, by the name of the form's field; ``revision`` that of the record now.
    """

    def __init__(self, message: str, *, theirs: Mapping[str, str], revision: int) -> None:
        super().__init__(message)
        self.theirs = theirs
        self.revision = revision


class Gone(RegistryError):
    """The record was there and is hidden from this reader now."""

    status = HTTPStatus.GONE


class TooMany(RegistryError):
    """More than one may do at once; it goes on after ``seconds``."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds

    @property
    def headers(self) -> Mapping[str, str]:
        """When to go on."""
        return {"Retry-After": str(self.seconds)}
