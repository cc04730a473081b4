"""What can be found. Triggers of the database keep its full-text tables (``fts_*``) equal to these rows.

Rows are added and removed, never changed: the triggers know nothing of updates.
"""

from datetime import date

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.activity.rules import Subject
from registry.database.base import Base
from registry.database.mixins import Numbered
from registry.database.types import Prose, Words, state_column
from registry.search.rules import LONGEST_WORD


class SearchDocument(Numbered, Base):
    """A public record as search shows and finds it.

    ``body`` is the beginning of its texts, to show; ``title_terms`` and ``text_terms`` are all of them, to find.
    ``weight`` orders records that match equally well.
    """

    __tablename__ = "search_documents"

    subject: Mapped[Subject] = mapped_column(state_column(Subject))
    subject_id: Mapped[int]
    slug: Mapped[str] = mapped_column(String(120))
    title: Mapped[Words]
    body: Mapped[Words]
    dated_on: Mapped[date | None]
    weight: Mapped[int]
    title_terms: Mapped[Prose]
    text_terms: Mapped[Prose]

    __table_args__ = (
        UniqueConstraint("subject", "subject_id"),
        # Ranking reads these of up to a thousand rows, and must not read their texts.
        Index("ix_search_documents_id_subject_weight", "id", "subject", "weight"),
        Index("ix_search_documents_subject_weight", "subject", "weight"),
    )


class SearchWord(Base):
    """A word of a script with spaces, folded, and in how many documents it stands."""

    __tablename__ = "search_words"

    word: Mapped[str] = mapped_column(
        # Words are compared by code point, so that a range of them is those with one beginning.
        String(LONGEST_WORD).with_variant(String(LONGEST_WORD, collation="C"), "postgresql"), primary_key=True
    )
    uses: Mapped[int]
