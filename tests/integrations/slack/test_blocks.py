"""What people wrote stays text in Slack, whatever it holds, and within its limits, wherever it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from integrations.slack.blocks import _CONTROL, cut_escaped, escaped, link, unescaped

ANY = st.text(st.sampled_from("<>&!@#|;…aé坑😀\n\0") | st.characters(codec="utf-8"), max_size=60)


@given(ANY)
def test_a_text_is_escaped_and_loses_nothing_but_control_characters(text: str) -> None:
    safe = escaped(text)
    assert not set("<>") & set(safe)
    assert unescaped(safe) == _CONTROL.sub("", text)


@given(ANY, st.integers(2, 40))
def test_a_text_is_cut_within_the_limit_and_between_its_entities(text: str, most: int) -> None:
    cut = cut_escaped(text, most)
    assert len(cut) <= most
    if cut != escaped(text):
        kept = cut.removesuffix("…")
        assert (cut[-1], escaped(text).startswith(kept)) == ("…", True)
        assert kept.rfind("&") <= kept.rfind(";")


@given(ANY, ANY)
def test_a_link_never_holds_another_mention_or_label(url: str, label: str) -> None:
    for address in (url, f"https://example.org/{url}"):
        made = link(address, label)
        inside = made[1:-1] if made.startswith("<") else made
        assert not set("<>") & set(inside)
        assert made.startswith(("<http://", "<https://")) or "<" not in made
