"""Every word of the interface exists in every language."""

import pytest

from registry.paths import LOCALES
from tests.catalogues import messages_in_use, read_catalogue, untranslated


@pytest.mark.parametrize("language", [path.name for path in LOCALES.iterdir() if path.is_dir()])
def test_no_message_lacks_a_translation(language: str) -> None:
    catalogue = read_catalogue(LOCALES / language / "LC_MESSAGES" / "messages.po")
    assert untranslated(messages_in_use(), catalogue) == []


@pytest.mark.parametrize("language", [path.name for path in LOCALES.iterdir() if path.is_dir()])
def test_translations_keep_the_placeholders(language: str) -> None:
    catalogue = read_catalogue(LOCALES / language / "LC_MESSAGES" / "messages.po")
    assert [error for message in catalogue for error in message.check(catalogue)] == []
