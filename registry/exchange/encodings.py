"""The encoding of a text from outside: UTF-8 as a rule, Big5 where it certainly is, UTF-16 where it says so."""

import codecs

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COMMON = range(0xA1, 0xC7)
"""Lead bytes of Big5's punctuation and of its common characters; the rare ones follow."""
_MOSTLY = 0.9


def decode_text(content: bytes) -> str:
    """The text of a file, without a byte order mark.

    What is neither UTF-8 nor certainly something else keeps its broken bytes as lone surrogates, for ``is_text`` to
    find: so one broken line does not cost the others.
    """
    if content.startswith(_UTF16):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return big5_text(content) or content.decode("utf-8-sig", errors="surrogateescape")


def big5_text(content: bytes) -> str:
    """The text of bytes that are certainly Big5; empty when they may be something else.

    Simplified Chinese often happens to be valid Big5, but of characters that hardly anybody writes; a file in UTF-8
    with a broken line still holds more good characters than broken ones.
    """
    lenient = content.decode("utf-8", errors="surrogateescape")
    broken = sum("\udc80" <= letter <= "\udcff" for letter in lenient)
    good = sum(letter > "\x7f" for letter in lenient) - broken
    if good >= broken:
        return ""
    try:
        text = content.decode("cp950")
    except UnicodeDecodeError:
        return ""
    leads = [letter.encode("cp950")[0] for letter in text if letter > "\x7f"]
    return text if sum(lead in _COMMON for lead in leads) >= len(leads) * _MOSTLY else ""
