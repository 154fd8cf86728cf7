"""The Chinese catalogue says everything the screens say, and says it as Chinese is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, check_and_call_extract_file
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "registry/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
HAN = r"\u3400-\u9fff"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
ADDRESS = re.compile(r"\S+@\S+")
WORD = re.compile(r"[A-Za-z]{2,}")

KEPT = frozenset(
    {
        *("CCER", "VCS", "CAR", "ACR", "Verra", "GB", "TL", "TA", "AR", "CM"),  # programmes, standards, number prefixes
        *("PDF", "JPEG", "PNG", "DOCX", "XLSX", "CSV", "TXT", "UTF", "MB", "Excel"),  # files
        *(
            "JavaScript",
            "https",
            "HTTPS",
            "cm",
            "DATABASE",
            "URL",
            "flask",
            "db",
            "upgrade",
        ),  # what is typed as it stands
        *(
            "JSON",
            "TOML",
            "holiday",
            "cn",
            "year",
            "papers",
            "date",
            "name",
            "isOffDay",
            "true",
            "false",
        ),  # words of a notice's file
        *("AR", "CM", "NaN", "Infinity", "Schema"),  # numbers of methods, words of JSON
        *("checked", "schema", "years"),  # options of commands
        *("tCO", "ha", "kB", "SHA"),  # units; the ₂e is no letter of ASCII, or a single one
    }
)
"""Words that stand in Chinese text as they are."""


def said() -> Catalog:
    """Every msgid of the code and the templates, as `make messages` finds them."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file, "babel.cfg")
    keywords = {**DEFAULT_KEYWORDS, **parse_keywords(["_l", "lazy_gettext"])}
    found = Catalog()
    for room in ("registry", "templates"):
        for path in sorted((ROOT / room).rglob("*.*")):
            for _file, _line, message, _comments, context in check_and_call_extract_file(
                path, methods, options, None, keywords, (), False, dirpath=ROOT
            ):
                found.add(message, context=context)
    return found


@pytest.fixture(scope="module")
def source() -> Catalog:
    return said()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN", abort_invalid=True)


def english_of(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def chinese_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def lines(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(msgid, Chinese text with its placeholders taken out) for every message."""
    for message in catalog:
        if message.id:
            for text in chinese_of(message):
                yield english_of(message)[0], PLACEHOLDER.sub("\0", text)


def faulty(catalog: Catalog, pattern: str) -> list[tuple[str, str]]:
    return [(english, text) for english, text in lines(catalog) if re.search(pattern, text)]


def test_every_word_of_the_screens_is_in_the_catalogue(source: Catalog, chinese: Catalog) -> None:
    missing = [m.id for m in source if m.id and chinese.get(m.id, m.context) is None]
    assert missing == [], "run `make messages` and translate"


def test_no_words_hide_in_an_f_string_where_nobody_finds_them() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "registry").rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"_", "_l", "ngettext"}
    ]
    assert hidden == []


def test_every_message_has_its_chinese(chinese: Catalog) -> None:
    assert [m.id for m in chinese if m.id and (m.fuzzy or not all(chinese_of(m)))] == []


def test_the_catalogue_keeps_nothing_nobody_says(source: Catalog, chinese: Catalog) -> None:
    assert [m.id for m in chinese if m.id and source.get(m.id, m.context) is None] == [], "run `make messages`"
    assert list(chinese.obsolete) == []


def test_singular_and_plural_agree_with_the_source(source: Catalog, chinese: Catalog) -> None:
    pairs = [(m, chinese.get(m.id, m.context)) for m in source if m.id]
    assert [m.id for m, known in pairs if known and english_of(m) != english_of(known)] == []


def test_the_catalogue_says_that_chinese_has_one_plural_form(chinese: Catalog) -> None:
    header = PO.read_text(encoding="utf-8").split("\n\n", 1)[0]
    assert "charset=utf-8" in header
    assert "nplurals=1" in header
    assert chinese.num_plurals == 1


def test_both_languages_have_the_same_placeholders(chinese: Catalog) -> None:
    wrong = []
    for message in chinese:
        if not message.id:
            continue
        # A singular may leave its number out, the plural never does.
        wanted = set(PLACEHOLDER.findall(english_of(message)[-1]))
        wrong += [(message.id, text) for text in chinese_of(message) if set(PLACEHOLDER.findall(text)) != wanted]
    assert wrong == []
    assert [(m.id, errors) for m, errors in chinese.check()] == []  # what `pybabel compile` would refuse


def test_no_msgid_is_chinese(source: Catalog) -> None:
    assert [m.id for m in source if re.search(f"[{HAN}]", " ".join(english_of(m)))] == []


def test_no_english_word_is_left(chinese: Catalog) -> None:
    left = {
        english: words for english, text in lines(chinese) if (words := set(WORD.findall(ADDRESS.sub("", text))) - KEPT)
    }
    assert left == {}


def test_punctuation_beside_chinese_is_full_width(chinese: Catalog) -> None:
    assert faulty(chinese, rf"[{HAN}][,;:?!()\"'<>]|[,;:?!()\"'<>][{HAN}]|[{HAN}]\.(?!\w)") == []


def test_chinese_has_no_spaces_inside(chinese: Catalog) -> None:
    assert faulty(chinese, rf"[{HAN}] [{HAN}]|[\0\d] [亩元年月日个件项条轮人票天行]|^ | $|  ") == []


def test_readers_are_addressed_politely(chinese: Catalog) -> None:
    assert faulty(chinese, "你") == []


def test_entry_is_never_called_a_licence(chinese: Catalog) -> None:
    assert faulty(chinese, "(?<!行政)许可|批准开发") == []
