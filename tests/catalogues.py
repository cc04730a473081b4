"""Keep the catalogues beside the code: ``make messages`` updates them, a test finds what lacks a translation."""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, extract, pofile

from registry.paths import LOCALES, TEMPLATES

REGISTRY = Path(__file__).parent.parent / "registry"
INTEGRATIONS = REGISTRY.parent / "integrations"
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
# Without dates and names: a catalogue changes only when its words do.
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: keng\\n"
"Language: {locale}\\n"
"Plural-Forms: {plural}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def messages_in_use() -> Catalog:
    """Every message that the code and the templates ask for."""
    catalogue = Catalog(charset="utf-8")
    for folder, pattern, method in (
        (REGISTRY, "**/*.py", "python"), (INTEGRATIONS, "**/*.py", "python"), (TEMPLATES, "**/*.html", "jinja2"),
    ):
        for path in sorted(folder.glob(pattern)):
            found = extract.extract(
                method, BytesIO(path.read_bytes()), keywords=KEYWORDS,
                options={"trimmed": "true", "newstyle_gettext": "true", "silent": "false"},
            )
            for _line, message, _comments, context in found:
                catalogue.add(message, context=context)
    return catalogue


def read_catalogue(path: Path) -> Catalog:
    """A catalogue as it stands on disk."""
    with path.open("rb") as lines:
        return pofile.read_po(lines, locale=path.parent.parent.name)


def untranslated(used: Catalog, catalogue: Catalog) -> list[str]:
    """The messages in use that a catalogue has no words for."""
    return sorted(
        str(message.id) for message in used
        if message.id and not ((known := catalogue.get(message.id)) and _has_words(known.string))
    )


def _has_words(translation: object) -> bool:
    return all(translation) if isinstance(translation, tuple) else bool(translation)


def main() -> int:
    """Rewrite each catalogue with exactly the messages in use, sorted; say what lacks words."""
    used = messages_in_use()
    lacking = 0
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po")):
        catalogue = read_catalogue(path)
        catalogue.update(used, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as out:
            out.write(HEADER.format(locale=catalogue.locale, plural=catalogue.plural_forms).encode())
            pofile.write_po(out, catalogue, sort_output=True, no_location=True, omit_header=True, width=120)
        for message in untranslated(used, catalogue):
            lacking += 1
            print(f"{path.parent.parent.name}: {message}")  # noqa: T201
    return min(lacking, 1)


if __name__ == "__main__":
    sys.exit(main())
