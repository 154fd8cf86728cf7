"""A policy changed: what is in force from which day, what is refused, and that its text reads back the same."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.policy import Decision, Method, MethodStatus, Policy, PolicyError, changes_in, text_of_changes
from workflows.policy.changes import Change, FigureChange, MethodBegins, MethodEnds, MethodFollows, bounds
from workflows.states import Scheme

BASE = Policy.base()
DAY = date(2026, 7, 1)
BEFORE = date(2026, 6, 30)
DECIDED = Decision(
    "策〔2026〕1号", "市领导小组", "City leading group", "泰林碳〔2026〕9号 “规则”\\修订", date(2026, 6, 1)
)
KEY = "legal_review_days"


def figure(key: str = KEY, value: Decimal | str = Decimal(10), since: date = DAY, **more) -> FigureChange:
    return FigureChange(key, value, since, "市领导小组文件", "A document of the leading group", **more)


def follows(since: date = DAY, **more) -> MethodFollows:
    old = BASE.method("CCER-14-001")
    made = {"id": "CCER-14-001-V02", "code": "CCER-14-001-V02", "since": since, "conditions": ("A01", "A02"), **more}
    return MethodFollows(replace(old, **made), "CCER-14-001")


def ends(method: str = "CCER-14-001", since: date = DAY) -> MethodEnds:
    return MethodEnds(method, since, "通知", "A notice")


def begins(method: str, since: date = DAY) -> MethodBegins:
    return MethodBegins(method, since, "通知", "A notice")


# What a change does -----------------------------------------------------------------------------------


def test_a_changed_figure_holds_from_its_day_and_the_day_before_keeps_the_old_one():
    policy = BASE.amended([figure(decision=DECIDED)])
    assert policy.number(KEY, BEFORE) == BASE.number(KEY, BEFORE) == 7
    assert policy.number(KEY, DAY) == 10
    assert policy.figure(KEY, DAY).decision == DECIDED
    assert policy.figure(KEY, BEFORE).decision is None
    assert policy.figure(KEY, DAY).title("zh") == BASE.figure(KEY, DAY).title("zh")
    assert BASE.number(KEY, DAY) == 7


def test_a_day_may_be_changed_for_another_day():
    policy = BASE.amended([figure("project_start_after", "2013-01-01")])
    assert policy.figure("project_start_after", DAY).day == date(2013, 1, 1)


def test_a_new_version_of_a_method_ends_the_one_before_for_new_projects_only():
    policy = BASE.amended([follows()])

    def in_force(on: date) -> set[str]:
        return {m.id for m in policy.methods_in_force(Scheme.CCER, on)} & {"CCER-14-001", "CCER-14-001-V02"}

    assert in_force(BEFORE) == {"CCER-14-001"}
    assert in_force(DAY) == {"CCER-14-001-V02"}


def test_a_method_that_ends_is_in_force_to_the_day_before():
    policy = BASE.amended([ends()])
    assert policy.method("CCER-14-001").in_force(BEFORE)
    assert not policy.method("CCER-14-001").in_force(DAY)


def test_a_draft_that_comes_into_force_is_a_draft_before():
    draft = replace(BASE.method("CCER-14-001"), id="D", status=MethodStatus.DRAFT)
    policy = replace(BASE, methods={**BASE.methods, "D": draft}).amended([begins("D")])
    assert policy.method("D").in_force(DAY)
    assert not policy.method("D").in_force(BEFORE)


def test_a_replay_asks_as_if_the_change_had_always_been():
    policy = BASE.as_if_always([figure()])
    assert policy.number(KEY, date(1990, 1, 1)) == policy.number(KEY, DAY) == 10
    assert not BASE.as_if_always([ends()]).method("CCER-14-001").in_force(BEFORE)
    assert BASE.as_if_always([follows()]).method("CCER-14-001-V02").in_force(date(1990, 1, 1))


# What is refused --------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[list[Change], str]] = {
    "a figure nobody knows": ([figure("nonsense")], "no figure 'nonsense'"),
    "a value from a day that has one": ([figure(since=BASE.figure(KEY, DAY).since)], "has a value from"),
    "two values from one day": ([figure(), figure(value=Decimal(12))], "has a value from"),
    "a word for a number": ([figure(value="ten")], "is a number"),
    "a number for a day": ([figure("project_start_after", Decimal(2013))], "is a day"),
    "a day in no calendar": ([figure("project_start_after", "2013-02-30")], "is a day"),
    "no number at all": ([figure(value=Decimal("NaN"))], "is a number"),
    "half a working day": ([figure(value=Decimal("7.5"))], "is a whole number"),
    "no days at all": ([figure(value=Decimal(0))], "cannot be 0: from 1 to any"),
    "less than nothing": ([figure("exempt_precipitation_mm", Decimal(-1))], "cannot be -1: from 0 to any"),
    "more than a hundred per cent": ([figure("shrub_removed_max_pct", Decimal(101))], "from 0 to 100"),
    "one officer on the sheet": ([figure("screening_officers", Decimal(1))], "cannot be 1: from 2"),
    "another length of a hectare": ([figure("mu_per_ha", Decimal(16))], "from 15 to 15"),
    "a share above the whole": ([figure("quorum_num", Decimal(4))], "the share 'quorum' would be 4/3"),
    "a majority of a third": ([figure("majority_den", Decimal(3))], "less than half"),
    "a share of nothing": ([figure("quorum_num", Decimal(0))], "cannot be 0|the share 'quorum' would be 0/3"),
    "a figure without a source": ([replace(figure(), source_zh="")], "needs its source"),
    "a method nobody knows": ([ends("X")], "no method 'X'"),
    "a method that is no draft": ([begins("CCER-14-001")], "is no draft"),
    "a method ended twice": ([ends(), ends(since=date(2027, 1, 1))], "is not in force on"),
    "a version that is there already": ([follows(id="AR-CM-001")], "there is a method 'AR-CM-001' already"),
    "a version that asks an unknown clause": ([follows(conditions=("Z99",))], "asks the unknown clause 'Z99'"),
    "a version never in force": ([follows(status=MethodStatus.REPEALED)], "would never be in force"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_change_that_contradicts_the_policy_is_refused(what):
    changes, says = REFUSED[what]
    with pytest.raises(PolicyError, match=says):
        BASE.amended(changes)


def test_both_halves_of_a_share_may_change_on_one_day():
    policy = BASE.amended([figure("quorum_num", Decimal(3)), figure("quorum_den", Decimal(4))])
    assert (policy.number("quorum_num", DAY), policy.number("quorum_den", DAY)) == (3, 4)


# The text ---------------------------------------------------------------------------------------------

SAMPLE: tuple[Change, ...] = (
    figure(decision=DECIDED),
    figure("project_start_after", "2013-01-01", decision=DECIDED),
    figure("shrub_removed_max_pct", Decimal("12.5")),
    replace(follows(), decision=DECIDED),
    ends("CCER-14-001-V02", date(2030, 1, 1)),
)


def test_base_and_changes_are_read_back_equal_and_written_again_the_same():
    text = BASE.written(SAMPLE)
    read = Policy.parse(text)
    assert read == BASE.amended(SAMPLE)
    assert read.changes == SAMPLE
    assert BASE.written(read.changes) == text
    assert Policy.parse(BASE.written()) == BASE


def test_a_file_is_read_like_the_folder_it_was_written_from(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(BASE.written(SAMPLE), "utf-8")
    assert Policy.read(path) == BASE.amended(SAMPLE)


def test_another_change_is_another_line_and_no_other_line_moves():
    text, more = BASE.written(SAMPLE[:1]), BASE.written(SAMPLE[:2])
    assert more.startswith(text)


NUMBERS = sorted(
    k for k, s in BASE.figures.items() if isinstance(s[-1].value, Decimal) and k[-4:] not in ("_num", "_den")
)
WORDS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=40)


@st.composite
def figure_changes(draw) -> FigureChange:
    key = draw(st.sampled_from(NUMBERS))
    least, most = bounds(BASE.figures[key][-1])
    value = draw(st.integers(int(least), int(most if most is not None else least + 500)))
    since = draw(st.dates(date(2026, 1, 1), date(2099, 12, 31)))
    decision = (
        Decision(draw(WORDS), draw(WORDS), draw(WORDS), draw(WORDS), draw(st.dates())) if draw(st.booleans()) else None
    )
    return FigureChange(key, Decimal(value), since, draw(WORDS), draw(WORDS), decision)


@settings(max_examples=60, deadline=None)
@given(st.lists(figure_changes(), max_size=6, unique_by=lambda c: (c.key, c.since)))
def test_whatever_words_a_change_is_given_it_is_read_back(changes):
    assert changes_in(text_of_changes(changes)) == tuple(changes)
    assert Policy.parse(BASE.written(changes)) == BASE.amended(changes)


def test_a_change_that_cannot_be_read_is_named():
    with pytest.raises(PolicyError, match="change of 'legal_review_days'"):
        changes_in('[[change]]\nkind = "figure"\nkey = "legal_review_days"\n')
    with pytest.raises(PolicyError, match="change of"):
        changes_in('[[change]]\nkind = "law"\n')


def test_a_method_is_told_with_all_it_asks():
    read = changes_in(text_of_changes([follows()]))[0]
    assert isinstance(read, MethodFollows)
    assert isinstance(read.method, Method)
    assert read.method == follows().method
