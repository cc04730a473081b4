"""Which language a text is written in, as far as its script tells."""

import re

_HAN = re.compile(r"[㐀-鿿]")


def in_its_language(text: str) -> dict[str, str]:
    """File a text under its language: Traditional Chinese as soon as it holds Han, else English; {} when empty."""
    return {"zh-Hant" if _HAN.search(text) else "en": text} if text else {}
