"""Texts by people who mean harm: what would run a script, and what would keep a machine busy."""

# ruff: noqa: E501 — to be wrapped
import random
from collections.abc import Iterator

# Each calls hit(), which a page under test counts.
_PAYLOADS = (
    "<script>hit()</script>", "<img src=x onerror=hit()>", "<svg onload=hit()>", "<svg><script>hit()</script></svg>",
    "<body onload=hit()>", "<details open ontoggle=hit()>x</details>", "<video><source onerror=hit()></video>",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>", "<iframe src='javascript:parent.hit()'></iframe>",
    "<input autofocus onfocus=hit()>", "<math><mtext><table><mglyph><style><img src=x onerror=hit()>",
    "<form><input name=attributes><img src=x onerror=hit()></form>", "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<svg><style><img src=x onerror=hit()></style></svg>", "<a href='javascript:hit()'>x</a>",
    "<a href='java&#10;script:hit()'>x</a>", "<a href='&#1;javascript:hit()'>x</a>", "<a href='JaVaScRiPt:hit()'>x</a>",
    "<a href='data:text/html,<script>hit()</script>'>x</a>", "<form action='javascript:hit()'><button>x</button></form>",
    "<object data='javascript:hit()'></object>", "<embed src='javascript:hit()'>", "<base href='//evil.example/'>",
    "<meta http-equiv=refresh content='0;javascript:hit()'>", "<link rel=stylesheet href='//evil.example/x'>",
    "<style>*{background:url(//evil.example/x)}</style>", "<p style='position:fixed;inset:0'>x</p>",
    "<template><script>hit()</script></template>", "<xmp><img src=x onerror=hit()></xmp>", "<title><img src=x onerror=hit()>",
    "<svg><a xlink:href='javascript:hit()'><text>x</text></a></svg>", "<marquee onstart=hit()>x</marquee>",
    "<img src='x' alt='`' onerror='hit()'>", "<<script>hit()//<</script>", "<img/src=x/onerror=hit()>",
    "<svg><animate onbegin=hit() attributeName=x dur=1s></svg>", "<!--><img src=x onerror=hit()>-->", "<![CDATA[<img src=x onerror=hit()>]]>",
    "[x](javascript:hit())", "[x](<javascript:hit()>)", "[x](java\tscript:hit())", "[x]( javascript:hit())",
    "[x](&#106;avascript:hit())", "[x](vbscript:hit())", "[x](data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==)",
    "![x](javascript:hit())", "![x](x 'onerror=hit()')", "![x\" onerror=\"hit()](x)", "<javascript:hit()>",
    "[x][1]\n\n[1]: javascript:hit()", "[x][1]\n\n[1]: data:text/html,hit() 'x\" onclick=\"hit()'",
)
_AROUND = (
    "{}", "坑{}坑", "**{}**", "- {}\n- x", "> {}", "# {}", "| a | b |\n|---|---|\n| {} | x |", "<div>{}</div>",
    "<p>\n{}\n</p>", "```\n{}\n```\n{}", "`{}` {}", "1. x\n\n   {}", "<table><td>{}</table>", "<select>{}</select>",
    "<textarea>{}</textarea>{}", "<a title=\"{}\">x</a>", "\\{}", "~~{}~~", "<b><i>{}</b></i>", "&lt;{}",
)
_SIGNS = ("\0", "\u200b", "\u202e", "\t", "\r\n", " ", "/", "&#0;", "&Tab;", "\ufeff")


def hostile_documents(count: int) -> list[str]:
    """So many documents, no two alike; the same each time."""
    chance = random.Random(0)  # noqa: S311 — to choose examples
    found = dict.fromkeys(_PAYLOADS)
    while len(found) < count:
        payload = "".join(chance.sample(_PAYLOADS, chance.choice((1, 1, 2))))
        if chance.random() < 0.4:
            place = chance.randrange(len(payload))
            payload = payload[:place] + chance.choice(_SIGNS) + payload[place:]
        found[chance.choice(_AROUND).replace("{}", payload)] = None
    return list(found)[:count]


_REPEATED = (
    "[", "![", "](", "*", "**a ", "_a_", "`", "``` ", "> ", "- ", "  - ", "1. ", "#", "|", "| a ", "<", "<a ", "<!--", "&",
    "&amp", "\\", "~", "~~a ", "[a](", "[a]: b\n", "[a][", "<b>", "</b>", "<div>", "坑", "坑 ", "**坑", "\n", "\n\n", "\t", "http://a.b ",
    "(", ")", "a@b.c ", "*_", "![a](b ", "<a href='", "-\n", "=\n", "a\n=\n", "| - ", "|-|\n", "\u0301", "\u200b", "'", '"',
)


def endless_texts(count: int, longest: int) -> Iterator[str]:
    """So many texts of up to ``longest`` characters on which a careless reader spends time without end."""
    chance = random.Random(0)  # noqa: S311 — to choose examples
    for number in range(count):
        parts = [_REPEATED[number]] if number < len(_REPEATED) else chance.sample(_REPEATED, chance.choice((1, 2, 3)))
        text = "".join(parts)
        times = longest // len(text)
        yield text * times if chance.random() < 0.5 else parts[0] * (times // 2) + text + parts[-1] * (times // 2)
