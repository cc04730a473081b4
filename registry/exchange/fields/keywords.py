"""Lists that people write into one cell."""

import re

from registry.exchange.fields.text import MASK, clean_line, mask_contacts

LONGEST_KEYWORD = 40
_SEPARATORS = re.compile(r"[、,，；;/／\n]+")
_WIDE_BLANKS = re.compile(r"\s{2,}|　")
_NUMBERING = re.compile(r"^\d{1,2}\s*[.)、。）．]\s*(?=\D)")
_ADDRESS = re.compile(r"https?://\S+")
_HAN_WORDS = re.compile(r"[㐀-鿿\w.-]{1,12}(?: [㐀-鿿\w.-]{1,12})+")


def split_list(text: str) -> tuple[str, ...]:
    """Split at ``、 , ， ； ; /`` and line ends, drop numbering ("1. ") and repeats whatever their case.

    Text without a separator is split at wide blanks ("貪汙  開放　監督"), or at single spaces when every
    word is short and one of them Han; "food education care" and "Code for Deaf" stay one.
    """
    pieces = _SEPARATORS.split(text.strip(" 　\t\n"))
    if len(pieces) == 1:
        pieces = _WIDE_BLANKS.split(pieces[0])
    if len(pieces) == 1 and _HAN_WORDS.fullmatch(pieces[0]) and re.search(r"[㐀-鿿]", pieces[0]):
        pieces = pieces[0].split(" ")
    kept: dict[str, str] = {}
    for piece in pieces:
        word = _NUMBERING.sub("", clean_line(piece)).strip(" .。")
        if word:
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())


def split_keywords(text: str) -> tuple[tuple[str, ...], str]:
    """Split a keyword cell into keywords and a remark.

    Addresses and pieces longer than 40 characters are no keywords: they make the remark. Contact details are dropped.
    """
    pieces = [piece for piece in split_list(mask_contacts(_ADDRESS.sub(" ", text))) if MASK not in piece]
    remarks = [*(piece for piece in pieces if len(piece) > LONGEST_KEYWORD), *_ADDRESS.findall(text)]
    return tuple(piece for piece in pieces if len(piece) <= LONGEST_KEYWORD), " ".join(remarks)
