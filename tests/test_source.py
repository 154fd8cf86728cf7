"""What the code may not do, read from the code itself: who moves a case, who writes the chain, where words stand."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHINESE = re.compile("[\u3400-\u9fff]")

Found = Iterator[tuple[int, str]]


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


REGISTRY = sources("registry")
BOTH = sources("registry", "workflows")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def found(look: Callable[[ast.AST], Found], paths: list[Path], *allowed: str) -> list[str]:
    """Places where something is that may only be in the allowed files (or folders)."""
    places = []
    for path in paths:
        if not named(path).startswith(tuple(allowed) or ("\0",)):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            places += [f"{named(path)}:{line}: {what}" for line, what in look(tree)]
    return places


def look_in(code: str, look: Callable[[ast.AST], Found]) -> list[str]:
    return [what for _, what in look(ast.parse(code))]


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """The last word of what is called: `db.session.add` → add."""
    return ast.unparse(call.func).rpartition(".")[2]


# What is looked for -------------------------------------------------------------------------------------


def moves(tree: ast.AST) -> Found:
    """Assignments to a case's state, way back or version; also by setattr and in bulk."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) else ():
            for part in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                if isinstance(part, ast.Attribute) and _of_a_case(part):
                    yield node.lineno, ast.unparse(part)
    for call in calls(tree):
        if called(call) == "setattr" and _case(call.args[0]):
            yield call.lineno, ast.unparse(call)
        if called(call) == "values" and {k.arg for k in call.keywords} & {"state", "returns_to"}:
            yield call.lineno, ast.unparse(call)


def _of_a_case(part: ast.Attribute) -> bool:
    return part.attr in {"state", "returns_to"} or (part.attr == "version" and _case(part.value))


def _case(value: ast.AST) -> bool:
    return ast.unparse(value).rpartition(".")[2] in {"case", "new", "old", "copy", "draft"}


def makes(name: str, *more: str) -> Callable[[ast.AST], Found]:
    """Rows made of a model, one or many; `more`: also "update" or "delete" in bulk."""

    def look(tree: ast.AST) -> Found:
        for call in calls(tree):
            bulk = called(call) in {"insert", *more} and any(ast.unparse(a) == name for a in call.args)
            if called(call) == name or bulk:
                yield call.lineno, ast.unparse(call)[:60]

    return look


def links(tree: ast.AST) -> Found:
    """Calls of audit.record, with the function they stand in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for call in calls(node):
                if ast.unparse(call.func) in {"audit.record", "record"}:
                    yield call.lineno, node.name


def asks_the_time(tree: ast.AST) -> Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if re.search(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|localtime|gmtime))$", name):
                yield node.lineno, name
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((node.lineno, a.name) for a in node.names if a.name in {"time", "localtime", "gmtime"})


def chinese(tree: ast.AST) -> Found:
    """Chinese constants that are no docstring (nor a string that stands alone under what it explains)."""
    explaining = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in explaining else None
        if isinstance(text, str) and CHINESE.search(text):
            yield node.lineno, text[:40]


def imports(module: str) -> Callable[[ast.AST], Found]:
    def look(tree: ast.AST) -> Found:
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            yield from ((node.lineno, n) for n in names if n.partition(".")[0] == module)

    return look


def trusts(tree: ast.AST) -> Found:
    """Text declared to be safe markup that does not stand there word for word."""
    for call in calls(tree):
        literal = len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
        if called(call) == "Markup" and not literal:
            yield call.lineno, ast.unparse(call)[:60]


SETS_WORDS = frozenset(
    {
        *("Paragraph", "XPreformatted", "ParagraphAndImage", "LongTable", "Preformatted"),
        *("drawString", "drawRightString", "drawCentredString", "drawAlignedString"),
        *("textOut", "textLine", "textLines", "String"),
    }
)
"""What puts words on a page of a PDF: read as markup, or past the rules of Chinese lines (trust.md §0.11)."""


def sets_words(tree: ast.AST) -> Found:
    """Every way to say one of these names: called or handed on, imported under another one, or asked for by getattr."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(name) | ast.Attribute(_, name) | ast.alias(name) | ast.Constant(str(name)):
                last = name.rpartition(".")[2]
                if last in SETS_WORDS:
                    yield node.lineno, last


# The house rules ----------------------------------------------------------------------------------------


def test_only_the_door_moves_a_case():
    assert found(moves, REGISTRY, "registry/services/acts.py") == []


def test_only_the_chain_writes_the_chain():
    for model in ("AuditEvent", "AuditHead", "Remark"):
        assert found(makes(model, "update", "delete"), REGISTRY, "registry/services/audit.py") == []


def test_only_notices_writes_notices():
    assert found(makes("Notice"), REGISTRY, "registry/services/notices.py") == []


LINKING = {
    "registry/services/acts.py": {"_take", "_on_meeting", "_on_record"},
    "registry/services/calendar.py": {"_write"},
    "registry/services/drafts.py": {"_proponent"},
    "registry/services/experts.py": {"_note"},
    "registry/services/interests.py": {"_note"},
    "registry/services/inventory_import.py": {"_end"},
    "registry/services/meetings.py": {"plan"},
    "registry/services/papers.py": {"keep"},
    "registry/services/people.py": {"first_administrator", "note"},
    "registry/services/reference.py": {"_note_in_audit"},
    "registry/services/organisation_ties.py": {"_note"},
}
"""The verbs that leave a link themselves: the door, and what is done to people, the calendar, public cases and PDFs."""


def test_the_chain_is_written_by_the_door_and_a_few_listed_verbs():
    linking: dict[str, set[str]] = {}
    for path in REGISTRY:
        if named(path) == "registry/services/audit.py":
            continue
        for _, function in links(ast.parse(path.read_text(encoding="utf-8"))):
            linking.setdefault(named(path), set()).add(function)
    assert linking == LINKING


def test_nothing_but_the_clock_asks_for_the_time():
    assert found(asks_the_time, BOTH, "registry/clock.py") == []


def test_words_stand_in_the_catalogue_and_the_policy_not_in_the_code():
    assert found(chinese, BOTH, "registry/demo/") == []


def test_one_file_knows_the_library_of_the_table():
    assert found(imports("transitions"), BOTH, "workflows/machine.py") == []


def test_one_file_puts_words_on_the_page_of_a_pdf():
    assert found(imports("reportlab"), BOTH, "registry/documents/") == []
    setting = "registry/documents/setting.py"
    assert found(sets_words, sources("registry/documents"), setting) == []
    assert {what for _, what in sets_words(ast.parse((ROOT / setting).read_text("utf-8")))} == {"textOut"}


def test_no_text_but_what_stands_in_the_code_is_declared_safe():
    assert found(trusts, REGISTRY) == []


# Templates ----------------------------------------------------------------------------------------------

TEMPLATES = sorted(p for f in ("templates", "registry") for p in (ROOT / f).rglob("*.html"))
UNSAFE = {
    "|safe": re.compile(r"\|\s*safe\b"),
    "autoescape off": re.compile(r"{%-?\s*autoescape\s+false"),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "on* attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "script address": re.compile(r"javascript:", re.I),
    "another origin": re.compile(
        r"<(script|link|img|iframe|source|object)\b[^>]*\b(src|href|data)\s*=\s*.(https?:)?//", re.I
    ),
}
COMMENT = re.compile(r"{#.*?#}", re.S)


def unsafe(markup: str) -> list[str]:
    return [what for what, pattern in UNSAFE.items() if pattern.search(COMMENT.sub("", markup))]


def test_templates_bring_no_script_no_style_and_no_unescaped_text():
    assert TEMPLATES
    assert {named(p): bad for p in TEMPLATES if (bad := unsafe(p.read_text(encoding="utf-8")))} == {}


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("{{ words | safe }}", "|safe"),
        ("{% autoescape false %}", "autoescape off"),
        ("<script>go()</script>", "inline script"),
        ("<script nonce='{{ n }}'>", "inline script"),
        ("<style>p {}</style>", "inline style"),
        ('<p class="a" style="color: red">', "inline style"),
        ('<button\n  onclick="go()">', "on* attribute"),
        ('<a href="javascript:go()">', "script address"),
        ('<script src="https://cdn.example/x.js"></script>', "another origin"),
        ('<img src="//cdn.example/x.png">', "another origin"),
    ],
)
def test_planted_faults_of_a_template_are_found(markup, what):
    assert unsafe(markup) == [what]


def test_sound_markup_is_let_through():
    sound = "<script src=\"{{ url_for('static', filename='a.js') }}\" defer></script> {# |safe #} <p>on = off</p>"
    assert unsafe(sound) == []


# The looking itself -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (moves, "case.state = S.REGISTERED"),
        (moves, "a, row.returns_to = 1, None"),
        (moves, "ctx.case.version += 1"),
        (moves, "setattr(case, 'state', s)"),
        (moves, "update(Case).values(state='registered')"),
        (makes("AuditEvent"), "models.AuditEvent(seq=1)"),
        (makes("Notice"), "db.session.execute(insert(Notice), rows)"),
        (asks_the_time, "datetime.now(UTC)"),
        (asks_the_time, "x = dt.datetime.utcnow()"),
        (asks_the_time, "default=date.today"),
        (asks_the_time, "from time import time"),
        (chinese, "def f():\n    'ok'\n    return '同意'"),
        (chinese, "x = f'{n}亩'"),
        (imports("transitions"), "from transitions.extensions import GraphMachine"),
        (trusts, "markupsafe.Markup(f'<b>{words}')"),
        (sets_words, "Paragraph(words, style)"),
        (sets_words, "import reportlab.platypus as rp\nmake = rp.Paragraph"),
        (sets_words, "from reportlab.platypus.paragraph import Paragraph as P"),
        (sets_words, "import reportlab.platypus.Paragraph"),
        (sets_words, "getattr(platypus, 'Paragraph')(words)"),
        (sets_words, "canvas.drawCentredString(0, 0, words)"),
        (imports("reportlab"), "import reportlab.platypus"),
    ],
)
def test_planted_faults_of_the_code_are_found(look, code):
    assert look_in(code, look)


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (moves, "row.version += 1"),
        (moves, "Case(state=S.DRAFT)"),
        (moves, "if case.state == x: pass"),
        (makes("Notice"), "CorrectionNotice(case_id=1)"),
        (asks_the_time, "clock.now()"),
        (chinese, "'''入库'''\nclass A:\n    '''文'''\n    b: int = 1\n    '''条'''"),
        (imports("transitions"), "from workflows.transitions import x"),
        (trusts, "Markup('<b>{}</b>').format(words)"),
        (sets_words, "paragraph(words, STYLE)\n'A Paragraph of words'"),
    ],
)
def test_sound_code_is_let_through(look, code):
    assert not look_in(code, look)
