"""From a template to an answer, with what every page's head needs."""

from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from litestar import MediaType, Request, Response
from litestar.status_codes import HTTP_200_OK
from markupsafe import Markup

from registry.accounts.rules import Permission
from registry.addresses import percent_encoded
from registry.community.colours import SCHEMES
from registry.community.current import community
from registry.community.pages import colours_address, logo_address
from registry.edition.rules import Edition
from registry.settings import Settings
from registry.web import i18n
from registry.web.cards import SharePicture
from registry.web.done import done_sentence
from registry.web.forms import FormToken
from registry.web.sessions import actor_in
from registry.web.templates import render_template

THEMES = ("light", "dark", "auto")
THEME_COOKIE = "theme"
OWN_PARAMETERS = ("page", "year")
"""What in an address makes it another page; the rest chooses among the rows of one, which is not to be indexed."""


class PageHead(msgspec.Struct, kw_only=True):
    """What a page says of itself in its head. ``title`` is without the site's name; ``json_ld`` is schema.org.

    ``feed`` is the path of its news, to which the ending of a format is added; ``picture`` is what chats show of it.
    """

    title: str
    description: str = ""
    json_ld: dict[str, Any] | None = None
    og_type: str = "website"
    is_indexed: bool = True
    feed: str = ""
    picture: SharePicture | None = None


def render(
    request: Request[Any, Any, Any], template: str, *, page: PageHead, status_code: int = HTTP_200_OK,
    site: "SiteContext | None" = None, **context: Any,
) -> Response[str]:
    """Answer with a whole page. Templates find ``page``, ``site``, ``language`` and what ``context`` adds.

    ``site`` is made here unless the page function had a use for it.

    A theme that the address asks for is remembered for a year.
    """
    site = site or SiteContext(request)
    html = render_template(
        template, page=page, site=site, language=i18n.current_language(),
        linked_data=json_ld(page.json_ld) if page.json_ld else "", **context,
    )
    response = Response(html, media_type=MediaType.HTML, status_code=status_code)
    site.form.seal(response)
    if (typed := context.get("typed")) and typed.refusal:
        response.headers |= typed.refusal.headers
    if request.query_params.get(THEME_COOKIE) == site.theme:
        response.set_cookie(
            THEME_COOKIE, site.theme, max_age=365 * 86_400, samesite="lax", secure=site.base_url.startswith("https")
        )
    return response


def render_fragment(template: str, *, status_code: int = HTTP_200_OK, **context: Any) -> Response[str]:
    """Answer with a part of a page, for htmx."""
    html = render_template(template, language=i18n.current_language(), **context)
    return Response(html, media_type=MediaType.HTML, status_code=status_code)


def render_part(
    request: Request[Any, Any, Any], template: str, *, status_code: int = HTTP_200_OK, **context: Any
) -> Response[str]:
    """Answer with a part of a page that may hold forms: it finds ``site``, as pages do."""
    site = SiteContext(request)
    response = render_fragment(template, status_code=status_code, site=site, **context)
    site.form.seal(response)
    return response


class SiteContext:
    """What the layout needs to know of the installation and of this request's address."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        settings: Settings = request.app.state.settings
        here = community()
        self.community = i18n.plain(here.name)
        self.name = i18n.plain(here.site_name)
        self.home, self.chat = here.home, here.chat
        self.tagline, self.about = i18n.plain(here.tagline), i18n.plain(here.about)
        self.logo, self.colours = logo_address(), colours_address()
        self.band = {scheme: here.colours.of(scheme)["band"] for scheme in SCHEMES}
        self.base_url, self.timezone = settings.base_url, settings.timezone
        self.contact_url = here.contact
        self.edition: Edition | None = request.app.state.edition
        self.is_demo = settings.mode.value == "demo"
        self.has_made_up_code = settings.has_made_up_code
        self.made_up_chat = settings.made_up_chat
        self.path = request.url.path
        self._quoted_path = quote(self.path)
        self.actor = actor_in(request)
        self.may_moderate = self.actor.may(Permission.MODERATE)
        self.may_read_audit = self.may_moderate or bool(self.actor.organises)
        self.form = FormToken(request)
        self.done = done_sentence(request.query_params.get("done"))
        self._is_reading = request.method == "GET"
        wishes = (request.query_params.get(THEME_COOKIE), request.cookies.get(THEME_COOKIE))
        self.theme = next((wish for wish in wishes if wish in THEMES), "auto")
        self._query = [
            (key, value) for key, value in parse_qsl(request.url.query, keep_blank_values=False)
            if key not in (i18n.LANGUAGE_COOKIE, THEME_COOKIE, "done")
        ]

    @cached_property
    def sign_in_address(self) -> str:
        """Where to sign in and come back to this page."""
        here = percent_encoded(self._address(self._query)) if self._is_reading else "/"
        return f"/sign-in?{urlencode({'return': here})}" if here not in {"/", "/sign-in"} else "/sign-in"

    @cached_property
    def canonical_url(self) -> str:
        """The page's one address, in the language it is shown in; without what does not make it another page."""
        return self.base_url + self._address([*self._own_query, (i18n.LANGUAGE_COOKIE, i18n.current_language())])

    def in_language(self, language: str) -> str:
        """This page's path and query in another language."""
        return self._address([*self._query, (i18n.LANGUAGE_COOKIE, language)])

    def in_theme(self, theme: str) -> str:
        """This page's path and query, asking for a theme."""
        return self._address([*self._query, (THEME_COOKIE, theme)])

    def alternates(self) -> list[tuple[str, str]]:
        """Each language with this page's full address in it, and the one that chooses by itself, for ``hreflang``."""
        return [
            *((language, self.base_url + self._address([*self._own_query, (i18n.LANGUAGE_COOKIE, language)]))
              for language in i18n.languages()),
            ("x-default", self.base_url + self._address(self._own_query)),
        ]

    @property
    def locales(self) -> list[str]:
        """The page's language with its usual territory, then the others' (``og:locale``)."""
        here = i18n.current_language()
        return [
            i18n.usual_locale(language)
            for language in (here, *(other for other in i18n.languages() if other != here))
        ]

    @property
    def _own_query(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self._query if name in OWN_PARAMETERS]

    def _address(self, query: list[tuple[str, str]]) -> str:
        return f"{self._quoted_path}?{_encoded(tuple(query))}" if query else self._quoted_path


@lru_cache(maxsize=1_000)
def _encoded(query: tuple[tuple[str, str], ...]) -> str:
    """A query as an address has it. Every page names ten addresses of its own, most with the same few queries."""
    return urlencode(query)


def json_ld(content: dict[str, Any]) -> Markup:
    """Linked data as JSON that cannot leave its ``<script>`` element."""
    text = msgspec.json.encode(with_context(content)).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


def with_context(content: dict[str, Any]) -> dict[str, Any]:
    """Linked data that says in whose words it is written, to stand by itself."""
    return {"@context": "https://schema.org", **content}
