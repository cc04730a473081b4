"""Which column of somebody's table is which of our fields: guessed from the headings, changed by a person."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import msgspec

from registry.activity.rules import Subject
from registry.community.current import community


class TableKind(StrEnum):
    """What each line of a table tells of."""

    EVENTS = "events"
    PROJECTS = "projects"
    PITCHES = "pitches"


SUBJECTS: Mapping[TableKind, Subject] = {
    TableKind.EVENTS: Subject.EVENT, TableKind.PROJECTS: Subject.PROJECT, TableKind.PITCHES: Subject.PROPOSAL,
}
NEEDED: Mapping[TableKind, tuple[str, ...]] = {
    TableKind.EVENTS: ("name",), TableKind.PROJECTS: ("name",), TableKind.PITCHES: ("project", "title"),
}
"""The fields without one of which a line tells nothing."""


class Field(msgspec.Struct, frozen=True):
    """A field that a column can be: the words that people write above it, in any language.

    One ``by_language`` can also be matched for each language of the community, one that ``repeats`` by many columns.
    """

    key: str
    headings: tuple[str, ...]
    by_language: bool = False
    repeats: bool = False


_SUMMARY = Field("summary", ("summary", "short description", "abstract", "subtitle", "tagline", "簡介", "摘要",
                             "一句話介紹", "副標"), by_language=True)
_DESCRIPTION = Field("description", ("description", "details", "about", "說明", "描述", "介紹", "詳細說明", "內容"),
                     by_language=True)
_DATE = Field("starts_on", ("date", "day", "event date", "start date", "日期", "活動日期", "開始日期", "時間"))
_PLACE = Field("place", ("place", "venue", "location", "地點", "場地", "活動地點"))
_TAGS = Field("tags", ("tags", "keywords", "topics", "categories", "category", "three brief", "標籤", "關鍵字", "主題",
                       "類別", "分類"), repeats=True)
_NEEDS = Field("needs_text", ("needs", "looking for", "manpower", "roles", "徵求", "需求", "人力需求", "尋找夥伴",
                              "徵才", "缺什麼"))
_CODE_LICENCE = Field("code_licence", ("code licence", "code license", "license code", "license", "licence", "程式授權",
                                       "程式碼授權", "授權"))
_CONTENT_LICENCE = Field("content_licence", ("content licence", "content license", "data license", "license data",
                                             "內容授權", "資料授權", "文件授權"))
_LINKS = (
    Field("repository", ("repository", "repo", "github", "source code", "code", "程式碼", "原始碼", "儲存庫")),
    Field("site", ("website", "site", "homepage", "url", "網站", "網址", "官網")),
    Field("note", ("note", "notes link", "hackmd", "hackpad", "guideline", "document", "共筆", "文件", "提案文件")),
    Field("chat", ("chat", "channel", "slack", "slack channel", "頻道", "聊天室")),
    Field("slides", ("slides", "slide", "presentation", "簡報", "投影片")),
    Field("video", ("video", "recording", "video link", "影片", "錄影")),
    Field("links", ("links", "link", "other document", "other links", "連結", "相關連結", "其他連結"), repeats=True),
)
FIELDS: Mapping[TableKind, tuple[Field, ...]] = {
    TableKind.EVENTS: (
        Field("name", ("name", "title", "event", "event name", "名稱", "活動", "活動名稱", "標題"), by_language=True),
        _DATE, Field("starts_at", ("starts at", "start", "begin", "from", "開始", "開始時間")),
        Field("ends_at", ("ends at", "end", "until", "to", "end date", "結束", "結束時間", "結束日期")),
        Field("number", ("number", "no", "edition", "次數", "屆次", "第幾次", "編號")),
        _PLACE, Field("address", ("address", "street", "地址")), _SUMMARY, _DESCRIPTION,
        Field("registration_url", ("registration", "sign up", "tickets", "kktix", "報名", "報名網址", "報名連結")),
        Field("video_pitch", ("pitch video", "video pitch", "提案影片")),
        Field("video_talk", ("talk video", "video talk", "短講影片")),
        Field("video_demo", ("demo video", "video demo", "video", "成果影片", "影片")),
    ),
    TableKind.PROJECTS: (
        Field("name", ("name", "project", "project name", "title", "名稱", "專案", "專案名稱", "坑", "坑名", "標題"),
              by_language=True),
        Field("aliases", ("aliases", "also known as", "other names", "別名", "又名", "其他名稱"), repeats=True),
        _SUMMARY, _DESCRIPTION, Field("stage", ("stage", "status", "phase", "階段", "狀態", "進度")),
        _TAGS, _NEEDS, _CODE_LICENCE, _CONTENT_LICENCE, *_LINKS,
    ),
    TableKind.PITCHES: (
        Field("project", ("project", "project name", "name", "專案", "專案名稱", "坑", "坑名", "名稱"),
              by_language=True),
        Field("title", ("title", "proposal", "pitch", "提案", "提案名稱", "標題", "題目"), by_language=True),
        Field("event", ("event", "event name", "hackathon", "活動", "活動名稱", "黑客松", "大松", "場次")), _DATE,
        Field("credits", ("owner", "owners", "owner name", "owner names", "initiator", "initiators", "proposer",
                          "presenter", "提案人", "坑主", "發起人", "講者"), repeats=True),
        Field("summary", ("summary", "purpose", "description", "abstract", "簡介", "摘要", "目的", "說明", "內容"),
              by_language=True),
        Field("why", ("why", "problem", "問題", "為什麼", "動機"), by_language=True),
        Field("who", ("who", "audience", "target", "對象", "為誰"), by_language=True),
        Field("how", ("how", "solution", "approach", "作法", "做法", "怎麼做"), by_language=True),
        Field("notes", ("notes", "remarks", "comment", "備註", "備注")),
        Field("position", ("position", "order", "running order", "順序", "順位")),
        _TAGS, _NEEDS, _CODE_LICENCE, _CONTENT_LICENCE, *_LINKS,
    ),
}
"""The fields of each kind of table, in the order in which they are offered."""
_BETWEEN = re.compile(r"[\W_]+")
_LANGUAGE_WORDS = {
    "en": ("en", "english", "英文", "英"), "zh-Hant": ("zh", "zh-hant", "zh-tw", "chinese", "中文", "中"),
}


def field_keys(kind: TableKind) -> list[str]:
    """Everything that a column of such a table can be: ``name``, ``name.en``, ``name.zh-Hant`` and so on."""
    keys: list[str] = []
    for field in FIELDS[kind]:
        keys.append(field.key)
        keys += [f"{field.key}.{tag}" for tag in community().languages] if field.by_language else []
    return keys


def tells_something(kind: TableKind, keys: Collection[str]) -> bool:
    """Whether a table with these fields has one without which its lines tell nothing."""
    return not {key.partition(".")[0] for key in keys}.isdisjoint(NEEDED[kind])


def is_repeatable(kind: TableKind, key: str) -> bool:
    """Whether several columns can be this field."""
    return any(field.key == key and field.repeats for field in FIELDS[kind])


def guess_columns(kind: TableKind, headings: Sequence[str]) -> list[str]:
    """For each heading the field it most likely stands above; empty where none does.

    A heading that is one of a field's words counts before one that only holds it, and no field is given twice unless
    it may be.
    """
    known = dict.fromkeys(_words(kind))
    guessed = [""] * len(headings)
    for fits in (_is_same, _holds):
        for place, heading in enumerate(headings):
            if guessed[place]:
                continue
            plain = _plain(heading)
            candidates = (key for word, key in known if plain and fits(plain, word))
            free = (key for key in candidates if key not in guessed or is_repeatable(kind, key))
            guessed[place] = next(free, "")
    return guessed


def guess_kind(headings: Sequence[str]) -> TableKind:
    """What a table most likely tells of: where its headings fit most fields, pitches only when they name an event."""
    def fitting(kind: TableKind) -> int:
        guessed = set(filter(None, guess_columns(kind, headings)))
        if kind is TableKind.PITCHES and "event" not in guessed:
            return 0
        if kind is TableKind.EVENTS and not guessed & {"starts_on", "starts_at"}:
            return 0
        return len(guessed) * tells_something(kind, guessed)

    return max((TableKind.PITCHES, TableKind.PROJECTS, TableKind.EVENTS), key=fitting)


def _words(kind: TableKind) -> list[tuple[str, str]]:
    """Every word that may stand above a column, with the field it means; those of one language first."""
    words: list[tuple[str, str]] = []
    for field in FIELDS[kind]:
        for tag in community().languages if field.by_language else ():
            words.append((_plain(f"{field.key}.{tag}"), f"{field.key}.{tag}"))
            for mark in _LANGUAGE_WORDS.get(tag, (tag,)):
                for heading in field.headings:
                    words += [
                        (_plain(f"{heading} {mark}"), f"{field.key}.{tag}"),
                        (_plain(f"{mark} {heading}"), f"{field.key}.{tag}"),
                    ]
    for field in FIELDS[kind]:
        words.append((_plain(field.key), field.key))
        words += [(_plain(heading), field.key) for heading in field.headings]
    return words


def _plain(heading: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", heading).casefold())


def _is_same(heading: str, word: str) -> bool:
    return heading == word


def _holds(heading: str, word: str) -> bool:
    return word in heading if not word.isascii() and len(word) > 1 else heading.startswith(word) and len(word) > 3  # noqa: PLR2004
