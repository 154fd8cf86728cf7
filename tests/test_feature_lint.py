"""The features are read as policy: each says one thing, by the clause it stands for; faults that Gherkin swallows."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gherkin.errors import CompositeParserException
from gherkin.parser import Parser
from pytest_bdd.steps import step_function_context_registry

from workflows.policy import Enforced, Policy

FEATURES = sorted((Path(__file__).parents[1] / "features").rglob("*.feature"))
POLICY = Policy.base()
WORDS = "功能|规则|背景|场景|场景大纲|剧本|剧本大纲|例子|假如|假设|假定|当|那么|而且|并且|同时|但是"
FULL_WIDTH_COLON = re.compile(rf"^\s*({WORDS})：")
FULL_WIDTH_HASH = re.compile(r"^\s*[＃＠｜]")
HALF_WIDTH = re.compile('[\u4e00-\u9fff"][,;:!?] ?[\u4e00-\u9fff"]')
KINDS = {"Context": "given", "Action": "when", "Outcome": "then"}


def lint(text: str) -> list[str]:
    """Every fault of a feature's text, each with its line."""
    faults = [
        f"{number}: full-width sign"
        for number, line in enumerate(text.splitlines(), 1)
        if FULL_WIDTH_COLON.match(line) or FULL_WIDTH_HASH.match(line)
    ]
    if not text.startswith("# language: zh-CN\n"):
        faults.append("1: no language")
    try:
        feature = Parser().parse(text).get("feature")
    except CompositeParserException as error:
        return [*faults, f"{error.errors[0].location['line']}: not Gherkin"]
    if not feature:
        return [*faults, "1: no feature"]
    scenarios = list(scenarios_of(feature))
    if not scenarios:
        faults.append("1: no scenario")
    for name, count in Counter(s["name"] for s, _ in scenarios).items():
        if count > 1:
            faults.append(f"{max(s['location']['line'] for s, _ in scenarios if s['name'] == name)}: same name")
    for scenario, tags in scenarios:
        line = scenario["location"]["line"]
        faults += [f"{line}: {fault}" for fault in faults_of(scenario)]
        faults += [f"{n}: half-width sign" for n, words in sentences(scenario) if HALF_WIDTH.search(words)]
        if not tags & set(POLICY.clauses):
            faults.append(f"{line}: no clause")
    faults += [f"{line}: {tag} is no clause" for line, tag in tags_of(feature) if tag not in POLICY.clauses]
    for child in feature["children"]:
        if "rule" in child and not any("scenario" in c for c in child["rule"]["children"]):
            faults.append(f"{child['rule']['location']['line']}: empty rule")
    return faults


def scenarios_of(node: dict[str, Any], tags: frozenset[str] = frozenset()) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Each scenario with all tags that hold for it."""
    tags |= {t["name"][1:] for t in node.get("tags", ())}
    for child in node["children"]:
        if "rule" in child:
            yield from scenarios_of(child["rule"], tags)
        elif "scenario" in child:
            yield child["scenario"], tags | {t["name"][1:] for t in child["scenario"]["tags"]}


def tags_of(feature: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Every tag with its line."""
    nodes = [feature]
    for child in feature["children"]:
        inner = child.get("rule") or child.get("scenario") or {}
        nodes += [inner, *(c["scenario"] for c in inner.get("children", ()) if "scenario" in c)]
    nodes += [e for n in nodes for e in n.get("examples", ())]
    yield from ((t["location"]["line"], t["name"][1:]) for n in nodes for t in n.get("tags", ()))


def faults_of(scenario: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one scenario."""
    if not scenario["name"].strip():
        yield "no name"
    if not scenario["steps"]:
        yield "empty"
        return
    kinds, kind = [], "Context"
    for step in scenario["steps"]:
        kind = step["keywordType"] if step["keywordType"] != "Conjunction" else kind
        kinds.append(kind)
    if kinds.count("Action") != 1:
        yield "not one 当"
    if "Outcome" not in kinds:
        yield "no 那么"
    if kinds != sorted(kinds, key=["Context", "Action", "Outcome"].index):
        yield "steps out of order"
    outline = scenario["keyword"] in {"场景大纲", "剧本大纲"}
    if outline != bool(scenario["examples"]):
        yield "outline and examples do not go together"
    yield from _places(scenario)


def _places(scenario: dict[str, Any]) -> Iterator[str]:
    for examples in scenario["examples"]:
        if not examples["tableBody"]:
            yield "no example"
            continue
        columns = {c["value"] for c in examples["tableHeader"]["cells"]}
        cells = [
            c["value"] for s in scenario["steps"] for r in s.get("dataTable", {}).get("rows", ()) for c in r["cells"]
        ]
        used = set(re.findall(r"<([^<>]+)>", " ".join([*(s["text"] for s in scenario["steps"]), *cells])))
        if columns != used:
            yield f"columns and places differ: {'、'.join(sorted(columns ^ used))}"
        rows = [tuple(c["value"] for c in r["cells"]) for r in examples["tableBody"]]
        if len(rows) != len(set(rows)):
            yield "an example twice"


def sentences(scenario: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """The name and the steps of a scenario, each with its line."""
    yield scenario["location"]["line"], scenario["name"]
    yield from ((step["location"]["line"], step["text"]) for step in scenario["steps"])


def told(text: str) -> Iterator[tuple[int, str, str]]:
    """(line, kind, sentence) of every step as it is run: once for each example."""
    for scenario, _tags in scenarios_of(Parser().parse(text)["feature"]):
        rows = [dict(zip(head, row, strict=True)) for head, body in map(_cells, scenario["examples"]) for row in body]
        kind = "Context"
        for step in scenario["steps"]:
            kind = step["keywordType"] if step["keywordType"] != "Conjunction" else kind
            for row in rows or [{}]:
                words = re.sub(r"<([^<>]+)>", lambda place, row=row: row.get(place[1], place[0]), step["text"])
                yield step["location"]["line"], KINDS[kind], words


def _cells(examples: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    return [c["value"] for c in examples["tableHeader"]["cells"]], [
        [c["value"] for c in row["cells"]] for row in examples["tableBody"]
    ]


def defined() -> list[Any]:
    """Every step of `tests/steps/`: its kind, its pattern, its function."""
    return [
        context
        for context in step_function_context_registry.values()
        if context.step_func.__module__.startswith("tests.steps.")
    ]


def unmatched(text: str) -> list[str]:
    """Steps that no definition answers, or more than one."""
    known, faults = defined(), []
    for line, kind, words in told(text):
        found = [c for c in known if c.type == kind and c.parser.is_matching(words)]
        if len(found) != 1:
            faults.append(f"{line}: {len(found)} steps match {words}")
    return sorted(set(faults))


# The features -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FEATURES, ids=lambda p: p.stem)
def test_a_feature_has_no_fault(path):
    assert lint(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", FEATURES, ids=lambda p: p.stem)
def test_every_step_is_answered_by_one_definition(path):
    assert unmatched(path.read_text(encoding="utf-8")) == []


def test_every_step_that_is_defined_is_told_somewhere():
    spoken = {(kind, words) for p in FEATURES for _line, kind, words in told(p.read_text(encoding="utf-8"))}
    dead = [c for c in defined() if not any(k == c.type and c.parser.is_matching(w) for k, w in spoken)]
    assert [c.parser.name for c in dead] == []


def same_names(texts: list[str]) -> list[str]:
    """Scenarios that bear one name in two features: a reader could not tell which one failed."""
    names = Counter(s["name"] for text in texts for s, _tags in scenarios_of(Parser().parse(text)["feature"]))
    return [name for name, count in names.items() if count > 1]


def test_no_two_features_name_a_scenario_alike():
    assert same_names([p.read_text(encoding="utf-8") for p in FEATURES]) == []
    assert same_names([HEAD + SOUND, HEAD + SOUND]) == ["齐全"]


def spoken_for():
    """Clauses that stand above a scenario with steps."""
    parsed = [Parser().parse(path.read_text(encoding="utf-8"))["feature"] for path in FEATURES]
    return {tag for feature in parsed for scenario, tags in scenarios_of(feature) if scenario["steps"] for tag in tags}


def test_every_clause_that_a_rule_enforces_has_a_scenario():
    enforced = {c.id for c in POLICY.clauses.values() if c.enforced is Enforced.RULE}
    assert {"A02", "R20", "R34", "S01", "G02"} <= enforced
    assert enforced - spoken_for() == set()


def test_every_scenario_is_run():
    from tests import test_features_procedure as bound

    scenarios = [s for p in FEATURES for s, _tags in scenarios_of(Parser().parse(p.read_text("utf-8"))["feature"])]
    assert sum(name.startswith("test_") for name in vars(bound)) == len(scenarios) > 150


# The lint itself ----------------------------------------------------------------------------------------

HEAD = """# language: zh-CN
功能: 申报
  @S01
  规则: 材料清单齐全（S01）
"""
SOUND = """    场景: 齐全
      假如 材料齐全
      而且 申请人为"法人"
      当 受理
      那么 通过
      但是 没有缴费
"""
OUTLINE = """    场景大纲: 类型
      假如 类型为"<类型>"
      当 受理
      那么 结论为"<结论>"

      例子:
        | 类型 | 结论 |
        | 甲   | 通过 |
"""


def test_a_sound_feature_has_no_fault():
    assert lint(HEAD + SOUND + OUTLINE) == []


BAD = {
    "an empty scenario": (HEAD + "    场景: 齐全\n", "5: empty"),
    "an empty rule": (HEAD + SOUND + "  @S00\n  规则: 填写完整\n", "12: empty rule"),
    "a feature without a scenario": ("# language: zh-CN\n功能: 申报\n", "1: no scenario"),
    "nothing at all": ("# language: zh-CN\n", "2: not Gherkin"),
    "another language": (HEAD.replace("zh-CN", "en") + SOUND, "1: no language"),
    "two scenarios of one name": (HEAD + SOUND + SOUND, "11: same name"),
    "one name in two rules": (HEAD + SOUND + HEAD.partition("申报\n")[2] + SOUND, "13: same name"),
    "two 当": (HEAD + SOUND.replace("      那么", "      当 再受理\n      那么"), "5: not one 当"),
    "a second 当 that says 而且": (
        HEAD + SOUND.replace("      那么", "      而且 再受理\n      那么"),
        "5: not one 当",
    ),
    "no 当": (HEAD + SOUND.replace("      当 受理\n", ""), "5: not one 当"),
    "no 那么": (HEAD + "    场景: 齐全\n      当 受理\n", "5: no 那么"),
    "那么 before 当": (HEAD + "    场景: 齐全\n      那么 通过\n      当 受理\n", "5: steps out of order"),
    "a full-width colon after 场景": (HEAD + SOUND.replace("场景:", "场景："), "5: full-width sign"),
    "a full-width colon after 功能": (HEAD.replace("功能:", "功能：") + SOUND, "2: full-width sign"),
    "a full-width colon after 规则": (HEAD.replace("规则:", "规则：") + SOUND, "4: full-width sign"),
    "a full-width colon after 例子": (HEAD + OUTLINE.replace("例子:", "例子："), "10: full-width sign"),
    "a full-width colon after 当": (HEAD + SOUND.replace("当 ", "当："), "8: full-width sign"),
    "a full-width @": (HEAD.replace("@", "＠") + SOUND, "3: full-width sign"),
    "a tag that is no clause": (HEAD.replace("@S01", "@S01 @S99") + SOUND, "3: S99 is no clause"),
    "a word for a tag": (HEAD + "    @慢\n" + SOUND, "5: 慢 is no clause"),
    "a tag on examples": (HEAD + OUTLINE.replace("      例子", "      @S99\n      例子"), "10: S99 is no clause"),
    "no tag": (HEAD.replace("  @S01\n", "") + SOUND, "4: no clause"),
    "an outline without examples": (
        HEAD + OUTLINE.partition("\n      例子")[0],
        "5: outline and examples do not go together",
    ),
    "examples without a row": (HEAD + OUTLINE.replace("        | 甲   | 通过 |\n", ""), "5: no example"),
    "an example twice": (HEAD + OUTLINE + "        | 甲   | 通过 |\n", "5: an example twice"),
    "a column nobody uses": (HEAD + OUTLINE.replace("<类型>", "甲"), "5: columns and places differ: 类型"),
    "a place without a column": (
        HEAD + OUTLINE.replace("<类型>", "<种类>"),
        "5: columns and places differ: 种类、类型",
    ),
    "a half-width comma": (HEAD + SOUND.replace("材料齐全", "材料齐全, 有效"), "6: half-width sign"),
    "a half-width comma in a name": (HEAD + SOUND.replace("场景: 齐全", "场景: 齐全, 受理"), "5: half-width sign"),
    "a scenario without a name": (HEAD + SOUND.replace("场景: 齐全", "场景:"), "5: no name"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_planted_fault_is_found(what):
    text, fault = BAD[what]
    assert fault in lint(text)


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("假如 经办人喝了一杯茶", "8: 0 steps match 经办人喝了一杯茶"),
        ("假如 经办人受理申请", "8: 0 steps match 经办人受理申请"),  # a 当, not a 假如
    ],
)
def test_a_step_that_nothing_answers_is_found(step, fault):
    text = (
        f"{HEAD}    场景: 齐全\n      假如 一个CCER造林项目已经提交\n      而且 {step[3:]}\n      当 经办人受理申请\n"
    )
    assert unmatched(text.replace("    场景", "\n    场景")) == [fault]


def test_a_place_without_an_answering_step_in_one_example_is_found():
    text = (
        HEAD
        + """    场景大纲: 受理
      假如 一个CCER造林项目<阶段>
      当 经办人受理申请
      那么 项目状态为"方法学筛选"

      例子:
        | 阶段     |
        | 已经提交 |
        | 已经开花 |
"""
    )
    assert unmatched(text) == ["6: 0 steps match 一个CCER造林项目已经开花"]
