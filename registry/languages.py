"""Which language a text is written in, as far as its script tells."""

import re

from registry.community.current import community

_HAN = re.compile(r"[\u3040-\u30ff㐀-鿿]")
_WRITTEN_IN_HAN = ("zh", "ja")


def in_its_language(text: str) -> dict[str, str]:
    """File a text under the first of the community's languages that is written in its script; {} when empty.

    A script that no language of the community uses is Traditional Chinese as soon as it holds Han, else English.
    """
    is_han = bool(_HAN.search(text))
    fitting = (tag for tag in community().languages if tag.startswith(_WRITTEN_IN_HAN) == is_han)
    return {next(fitting, "zh-Hant" if is_han else "en"): text} if text else {}
