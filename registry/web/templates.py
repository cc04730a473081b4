"""The Jinja environment: one for the process, with the reader's language found at each call."""

from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from registry.paths import TEMPLATES
from registry.web import i18n
from registry.web.assets import static_url


@cache
def environment() -> Environment:
    """The environment that every page and fragment is rendered with. Autoescaped; unknown names are errors."""
    jinja = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )
    jinja.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    jinja.filters |= {
        "localized": i18n.localized, "localized_html": i18n.localized_html, "plain": i18n.plain,
        "other_names": i18n.other_names,
        "day": i18n.format_day, "month": i18n.format_month, "instant": i18n.format_instant,
        "number": i18n.format_number,
    }
    jinja.globals |= {
        "_": _words,  # Jinja's own goes through its context three times for each word
        "static_url": static_url, "languages": i18n.languages(), "language_name": i18n.language_name,
    }
    return jinja


def compile_templates() -> None:
    """Compile every template now rather than at its first reader's expense."""
    for name in environment().list_templates(extensions=["html", "xml"]):
        environment().get_template(name)


def _words(message: str, **variables: Any) -> Markup:
    """The reader's words for a message, with escaped ``variables`` in their places."""
    words = _marked_up(i18n.current_language(), message)
    return words % variables if variables or "%" in words else words


@lru_cache(maxsize=4096)
def _marked_up(language: str, message: str) -> Markup:
    return Markup(i18n.catalogue(language).ugettext(message))  # noqa: S704 — the catalogues are ours


def render_template(name: str, **context: Any) -> str:
    """Render a template for the current reader."""
    return environment().get_template(name).render(context)
