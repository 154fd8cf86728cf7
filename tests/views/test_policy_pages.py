"""Changes of the rules on the pages: drafted with a document, replayed, decided; what each reader sees."""

import io
import re
import tomllib
from datetime import date

import pytest

from registry import jobs
from registry.queries import policy as ask
from registry.services.policy import current
from tests import factories, revisions
from tests.town import Town, problems
from tests.world import PDF
from workflows.policy import Policy
from workflows.roles import Role

NEW = "/policy/changes/new?figure=legal_review_days"
GOOD = {
    "seen": "0",
    "value": "１０",
    "since": "2026年4月1日",
    "document_title": "关于延长合法性审查时间的通知",
    "document_number": "泰林碳办〔2026〕3号",
    "source_zh": "领导小组办公室通知第二条",
    "source_en": "Notice of the leading group's office, item 2",
    "reasons": "送审材料增多。",
}


def paper() -> dict[str, object]:
    return {"file": (io.BytesIO(PDF), "notice.pdf")}


def drafted(town: Town, path: str = NEW, status: int = 302, **changed: object) -> str:
    """Send the form of a change; the address of its page, or the page that came back."""
    town.be("officer")
    answer = town.client.post(path, data={**GOOD, **paper(), **changed})
    assert answer.status_code == status, answer.text
    return answer.headers["Location"] if status == 302 else answer.text


def change_of(path: str) -> int:
    return int(path.partition("#")[0].rpartition("/")[2])


def send(town: Town, who: str, path: str, status: int = 302, **data: object) -> str:
    """Open the page of an act and send it."""
    form = town.page(who, path)
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', form)
    assert seen
    answer = town.client.post(path, data={"seen": seen[1], **data})
    assert answer.status_code == status, answer.text
    return answer.text


def tried(town: Town, who: str, path: str) -> None:
    """Have a change replayed, and the work beside the server done."""
    town.be(who).post(f"{path.partition('#')[0]}/replay")
    with town.inside():
        assert jobs.replay_changes() == 1


def test_a_change_is_drafted_replayed_proposed_and_confirmed_on_the_pages(town):
    case_id, number = town.case("validation")
    path = drafted(town)
    shown = town.page("officer", path)
    assert "7 working days" in shown
    assert "10 working days" in shown
    assert "has not been run over the cases yet" in shown
    tried(town, "officer", path)
    assert "Run over 1 past and open case" in town.page("officer", path)
    send(town, "officer", f"{path}/act/propose_change")
    assert "Rule changes" in town.page("chair", "/policy")
    assert "泰林碳规〔2026〕1号" in town.page("chair", "/policy")
    send(town, "chair", f"{path}/act/confirm_change", words="同意")
    after = town.page("auditor", path)
    assert "Confirmed" in after
    assert "The change of the rules was confirmed" in after
    figure = town.page("member1", "/policy/figures/legal_review_days")
    assert "关于延长合法性审查时间的通知 泰林碳办〔2026〕3号, confirmed on" in figure
    assert "coming" in figure
    assert "10 working days" in town.client.get("/rules/S18").text
    assert number
    assert case_id


def test_what_would_change_is_listed_and_cases_not_open_to_the_reader_are_not_named(town):
    _case_id, number = town.case("risk_review")
    path = drafted(town, NEW.replace("legal_review_days", "screening_officers"), value="3")
    tried(town, "officer", path)
    shown = town.page("officer", path)
    assert number in shown
    assert "The outcome of 1 case would change." in shown
    assert "Officers who sign the screening sheet: 2 → 3" in shown
    send(town, "officer", f"{path}/act/propose_change")
    closed = town.page("member1", path)
    assert number not in closed
    assert "1 of the cases listed is not open to you and is not named." in closed


def test_a_replay_goes_on_beside_the_server_and_can_be_stopped(town):
    town.case("validation")
    path = drafted(town).partition("#")[0]
    town.be("officer").post(f"{path}/replay")
    running = town.page("officer", path)
    assert "Cases done: 0 of 1 (0%)" in running
    assert "Replay it over all cases" not in running
    assert "has not been run over the cases yet" not in running
    assert town.be("member1").post(f"{path}/replay/stop").status_code == 403
    town.be("officer").post(f"{path}/replay/stop")
    stopped = town.page("officer", path)
    assert "The last replay was stopped." in stopped
    assert "has not been run over the cases yet" in stopped
    tried(town, "officer", path)
    done = town.page("officer", path)
    assert "Run over 1 past and open case" in done
    assert "The last replay" not in done


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"value": "0"}, "Enter a figure of 1 or more"),
        ({"value": "7.5"}, "Enter a whole number, for example 40"),
        ({"value": "ten"}, "Enter digits only, for example 128.5"),
        ({"since": "2026-03-02"}, "A change holds from tomorrow at the earliest; enter a later day"),
        ({"since": "2026-02-30"}, "There is no such day; enter a date such as 2026-11-22"),
        ({"document_number": ""}, "Enter the number of the document"),
        ({"source_en": " "}, "Say in English where the change comes from"),
        ({"reasons": ""}, "Give the reasons for the change"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(town, changed, says):
    text = drafted(town, status=422, **changed)
    assert problems(text) == [says]
    kept = {**GOOD, **changed}
    for name in ("document_title", "source_zh"):
        assert kept[name] in text


def test_a_file_is_not_lost_when_another_field_fails(town):
    text = drafted(town, status=422, value="")
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', text)
    assert kept
    assert "notice.pdf" in text
    answer = town.client.post(NEW, data={**GOOD, "kept": kept[1]})
    path = answer.headers["Location"]
    assert "notice.pdf" in town.page("officer", path)
    with town.client.get(f"{path}/document") as file:
        assert file.data == PDF
        assert file.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_file_named_by_a_forged_ticket_is_not_taken(town):
    town.be("officer")
    answer = town.client.post(NEW, data={**GOOD, "kept": '["' + "a" * 64 + '",1,"application/pdf","x.pdf"].x'})
    assert "The document is not on file yet" in town.page("officer", answer.headers["Location"])


def test_a_disguised_file_is_refused_at_its_field(town):
    text = drafted(town, status=422, file=(io.BytesIO(b"MZ\x90\x00"), "notice.pdf"))
    assert len(problems(text)) == 1
    assert "notice.pdf" in problems(text)[0]


def test_a_draft_without_its_document_says_what_is_missing(town):
    town.be("officer")
    path = town.client.post(NEW, data=GOOD).headers["Location"]
    assert "Not possible yet" in town.page("officer", path)
    text = send(town, "officer", f"{path}/act/propose_change", 422)
    assert "S80" in text


def test_a_draft_is_edited_and_thrown_away_by_officers(town):
    path = drafted(town)
    form = town.page("officer2", f"{path}/edit")
    assert 'value="10"' in form
    assert "notice.pdf" in form
    answer = town.client.post(f"{path}/edit", data={**GOOD, "seen": "1", "value": "12"})
    assert answer.status_code == 302
    assert "12 working days" in town.page("officer", path)
    stale = town.client.post(f"{path}/edit", data={**GOOD, "seen": "1", "value": "14"})
    assert stale.status_code == 409
    assert 'value="14"' in stale.text
    assert "12 working days" in town.page("officer", path)
    town.page("officer", f"{path}/discard")
    town.client.post(f"{path}/discard")
    town.page("officer", path, 404)


def test_a_share_is_changed_as_a_whole(town):
    path = "/policy/changes/new?figure=quorum_num"
    share = {k: v for k, v in GOOD.items() if k != "value"} | {"num": "3", "den": "4"}
    town.be("officer")
    refused = town.client.post(path, data={**share, **paper(), "num": "5"})
    assert problems(refused.text) == ["A share is not more than the whole"]
    answer = town.client.post(path, data={**share, **paper()})
    shown = town.page("officer", answer.headers["Location"])
    assert "2/3" in shown
    assert "3/4" in shown


def test_a_day_is_changed_for_a_day(town):
    path = drafted(town, "/policy/changes/new?figure=project_start_after", value="2013-1-1")
    assert re.search("1.January.2013", town.page("officer", path))


def test_a_new_version_of_a_method_and_its_end_are_proposed(town):
    version = "/policy/changes/new?method=CCER-14-001&how=follows"
    more = {
        "code": "CCER-14-001-V02",
        "title_zh": "造林碳汇",
        "title_en": "Afforestation",
        "conditions": ["A01", "A02"],
    }
    form = town.page("officer", version)
    assert "A01" in form
    path = drafted(town, version, **more)
    assert "CCER-14-001-V02 Afforestation" in town.page("officer", path)
    taken = drafted(town, version, 422, **{**more, "code": "CCER-14-001"})
    assert problems(taken) == ["There is a method of this code already"]
    ended = drafted(town, "/policy/changes/new?method=CCER-14-001&how=ends")
    assert "Ended" in town.page("officer", ended)
    assert "1 March 2026" not in town.page("officer", "/policy/methods/CCER-14-001")


@pytest.mark.parametrize(
    "path",
    [
        "/policy/changes/new",
        "/policy/changes/new?figure=nonsense",
        "/policy/changes/new?figure=quorum_den",
        "/policy/changes/new?method=CCER-14-001",
        "/policy/changes/new?method=CCER-14-001&how=begins",
        "/policy/changes/new?method=AR-CM-001&how=ends",
        "/policy/changes/99",
        "/policy/figures/nonsense",
        "/policy/methods/nonsense",
    ],
)
def test_there_is_no_page_for_what_cannot_be_changed(town, path):
    town.page("officer", path, 404)


def test_the_administrator_and_applicants_have_no_part_in_it(town):
    with town.inside():
        town.world.people["administrator"] = factories.an_appointee(town.world.body, Role.ADMINISTRATOR)
        change_id = revisions.proposed(town.world)
    for who in ("administrator", "owner", "vvb", "eco"):
        for path in ("/policy", f"/policy/changes/{change_id}", NEW, "/policy/export.toml"):
            town.page(who, path, 403)
        assert "Rule changes" not in town.page(who, "/rules")


def test_a_page_made_before_somebody_decided_keeps_what_was_typed(town):
    with town.inside():
        change_id = revisions.proposed(town.world)
        seen = revisions.row(change_id).version
        revisions.act(town.world, change_id, "confirm_change", "chair")
    path = f"/policy/changes/{change_id}/act/refuse_change"
    assert "is not open to you in the state" in town.page("chair", path, 409)
    with town.inside():
        other = revisions.proposed(town.world, revisions.longer_review(12, date(2026, 9, 1)))
        seen = revisions.row(other).version - 1
    town.be("chair")
    answer = town.client.post(f"/policy/changes/{other}/act/refuse_change", data={"seen": seen, "words": "Not yet."})
    assert answer.status_code == 409
    assert "Not yet." in answer.text


def test_a_confirmation_without_a_replay_says_what_is_in_the_way(town):
    with town.inside():
        change_id = revisions.proposed(town.world, replays=False)
    text = send(town, "chair", f"/policy/changes/{change_id}/act/confirm_change", 422)
    assert "It has not been replayed over all cases yet." in text
    tried(town, "chair", f"/policy/changes/{change_id}")
    send(town, "chair", f"/policy/changes/{change_id}/act/confirm_change")


def test_the_download_is_the_whole_history_and_reads_back_equal(town):
    with town.inside():
        revisions.confirmed(town.world)
    answer = town.be("auditor").get("/policy/export.toml")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert tomllib.loads(answer.text)["change"][0]["decided_no"] == "泰林碳规〔2026〕1号"
    with town.inside():
        assert Policy.parse(answer.text) == ask.current()


def test_the_command_writes_the_history_as_it_stood_on_a_day(town):
    with town.inside():
        revisions.confirmed(town.world)
    runner = town.client.application.test_cli_runner()
    before, after, all_ = (
        runner.invoke(args=["policy", "export", *more]) for more in (["--on", "2026-03-01"], ["--on", "2026-03-02"], [])
    )
    assert Policy.parse(before.output) == Policy.base()
    assert after.output == all_.output
    assert all_.output.startswith(before.output)
    odd = runner.invoke(args=["policy", "export", "--on", "tomorrow"])
    assert odd.exit_code == 64


def test_the_list_says_who_set_a_figure_and_how_sure_its_source_is(town):
    shown = town.page("secretary", "/policy")
    assert "With the rules as they were first put in" in shown
    assert "Proposed" in shown
    assert "Figures and methods of the rules" in shown
    assert "/policy/figures/quorum_num" in shown
    assert "/policy/figures/quorum_den" not in shown


def test_the_notice_of_a_proposal_leads_to_it(town):
    with town.inside():
        change_id = revisions.proposed(town.world)
    shown = town.page("chair", "/notices")
    assert "A change of the rules was proposed" in shown
    assert f"/policy/changes/{change_id}" in shown


def test_a_figure_without_a_value_is_listed_and_gets_its_first(town):
    key = "forest_land_370902_mu"
    assert f"/policy/figures/{key}" in town.page("officer", "/policy")
    assert "It has no value yet" in town.page("officer", f"/policy/figures/{key}")
    path = drafted(town, f"/policy/changes/new?figure={key}", value="123456")
    assert "123,456" in town.page("officer", path)
    tried(town, "officer", path)
    send(town, "officer", f"{path}/act/propose_change")
    send(town, "chair", f"{path}/act/confirm_change", words="同意")
    assert "123,456" in town.page("officer", f"/policy/figures/{key}")
    with town.inside():
        assert current().reference(key, date(2026, 4, 1)).number == 123456
        assert current().reference(key, date(2026, 3, 31)) is None
