"""The self-check: what it says, in both languages, and that nothing of what is typed or uploaded is kept anywhere."""

import json
import logging
import re
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import func, select

from registry.application.self_check import SITE, TERMS
from registry.extensions import db
from registry.forms.self_check import MOST_TYPED, name_of
from registry.models import SignInAttempt
from registry.security import throttle
from registry.services import self_check
from registry.services.examples import EXAMPLES

SECRET = "青石峪密约七号"
METHODS, CONTRACT = "/self-check/methods", "/self-check/contract"


@pytest.fixture
def reader(client):
    client.get("/language/en")
    return client


def upload(client, path, raw, name="facts.json"):
    return client.post(path, data={"upload": "1", "file": (BytesIO(raw), name)}, content_type="multipart/form-data")


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def rows(client):
    with client.application.app_context():
        counted = {t.name: db.session.scalar(select(func.count()).select_from(t)) for t in db.metadata.sorted_tables}
        db.session.rollback()
    return counted


def test_the_methods_are_compared_for_what_was_typed(reader):
    given = {"activity": "afforestation", "start_on": "2011-01-01", "monitoring_years": "12"}
    page = reader.post(METHODS, data=given)
    assert page.status_code == 200
    said = words(page)
    assert "A condition is not met, and nothing can change that: A13" in said
    assert "The method is closed to new projects" in said
    assert 'href="/rules/A13"' in page.text
    assert "Only noted: T05" in said


def test_a_form_says_the_same_as_a_file_with_the_same_facts(reader):
    given = {"activity": "afforestation", "parcel_area_mu": "１，２００", "parcel_disputed": "no", "lawful": "yes"}
    typed = reader.post(METHODS, data=given)
    facts = {
        "activity": "afforestation",
        "lawful": True,
        "parcels": [{"key": "1", "area_mu": 1200, "disputed": False}],
    }
    sent = upload(reader, METHODS, json.dumps(facts).encode())
    assert words(typed) == words(sent)


TWO = {
    "parcel_count": "2",
    "activity": "afforestation",
    "parcel_area_mu": "1200",
    "parcel_disputed": "no",
    "parcel_2_area_mu": "0.5",
    "parcel_2_title_document": "forest_right_certificate",
}


def typed(page):
    """Name → what stands in each field of the form that came back."""
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page.text))
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        found[name] = re.search(r'<option selected value="([^"]*)"', options)[1]
    return {
        name: value for name, value in found.items() if value and name not in ("csrf_token", "upload", "terms_present")
    }


def test_several_parcels_in_a_form_say_the_same_as_in_a_file(reader):
    parcels = [
        {"key": "1", "area_mu": 1200, "disputed": False},
        {"key": "2", "area_mu": "0.5", "title_document": "forest_right_certificate"},
    ]
    facts = {"activity": "afforestation", "parcels": parcels}
    of_form, of_file = reader.post(METHODS, data=TWO), upload(reader, METHODS, json.dumps(facts).encode())
    assert words(of_form) == words(of_file)
    assert "At least one parcel is below the minimum area: 2; the least is 1 mu." in words(of_form).replace("\xa0", " ")
    # One that was added and of which nothing is said is a parcel nobody knows anything of, not none.
    facts["parcels"].append({"key": "3"})
    of_form = reader.post(METHODS, data={**TWO, "parcel_count": "3"})
    assert words(of_form) == words(upload(reader, METHODS, json.dumps(facts).encode()))


def test_a_parcel_is_added_and_taken_away_and_everything_typed_stays(reader):
    text = "第一条\n零成本"
    given = {"area_mu": "some", "parcel_tenure": "state", "text": text, "parcels": "add"}
    page = reader.post(CONTRACT, data=given)
    assert page.status_code == 200
    assert typed(page) == {"area_mu": "some", "parcel_tenure": "state", "parcel_count": "2"}
    assert text in page.text
    assert "Error" not in words(page), "nothing is judged yet"
    assert page.text.index('name="parcel_tenure"') < page.text.index('name="parcel_2_tenure"')
    three = {**TWO, "parcel_count": "3", "parcel_3_area_mu": "７", "parcel_3_disputed": "yes", "parcels": "remove-2"}
    kept = {"activity": "afforestation", "parcel_area_mu": "1200", "parcel_disputed": "no", "parcel_count": "2"}
    page = reader.post(METHODS, data=three)
    assert typed(page) == kept | {"parcel_2_area_mu": "７", "parcel_2_disputed": "yes"}
    assert 'name="parcel_3_area_mu"' not in page.text
    page = reader.post(METHODS, data={**TWO, "parcels": "remove-1"})
    assert typed(page)["parcel_area_mu"] == "0.5"
    assert "remove-" not in page.text, "the last one stays"


@pytest.mark.parametrize("step", ["remove-1", "remove-9", "remove-0", "remove-²", "what"])
@pytest.mark.parametrize("count", ["", "-1", "²", "1e9", "99999999999999999999", "0"])
def test_a_step_that_cannot_be_meant_changes_nothing(reader, step, count):
    page = reader.post(METHODS, data={"parcel_area_mu": "5", "parcel_count": count, "parcels": step})
    assert (page.status_code, typed(page)) == (200, {"parcel_area_mu": "5", "parcel_count": "1"})


def test_as_many_parcels_fit_into_a_form_as_into_a_request(reader):
    data = {"parcel_count": str(MOST_TYPED), "parcels": "add", "text": "条" * 20_000}
    for n in range(1, MOST_TYPED + 1):
        data |= {name_of(f"parcel_{field}", n): "9" * 9 for field in ("area_mu", "title_end")}
        data[name_of("parcel_title_document", n)] = "forest_right_certificate"
    page = reader.post(CONTRACT, data=data, content_type="multipart/form-data")
    assert page.status_code == 200
    assert typed(page)["parcel_count"] == str(MOST_TYPED)
    assert "More parcels than this do not fit on a page: upload a file." in words(page)
    assert 'value="add"' not in page.text


def test_an_error_names_the_parcel_it_is_about(reader):
    page = reader.post(METHODS, data={**TWO, "parcel_area_mu": "some", "parcel_2_area_mu": "1"})
    assert "Parcel 1, Area of the parcel: Enter digits only" in words(page)
    page = reader.post(METHODS, data={**TWO, "parcel_2_area_mu": "-3"})
    assert page.status_code == 422
    assert "Parcel 2, Area of the parcel: It is less than it can be." in words(page)
    assert 'href="#parcel_2_area_mu"' in page.text


def test_enter_in_a_field_checks_and_does_not_add_a_parcel(reader):
    form = re.search(
        r"<form method=\"post\" action=\"/self-check/methods\".*?</form>", reader.get(METHODS).text, re.DOTALL
    )
    first = re.search(r"<button[^>]*>", form[0])
    assert first[0] == "<button hidden>"


def test_adding_a_parcel_is_no_check(reader):
    reader.application.config["SELF_CHECKS_EACH"] = 1
    for _ in range(3):
        assert reader.post(METHODS, data={"parcels": "add"}).status_code == 200
    assert reader.post(METHODS, data={}).status_code == 200


def test_the_five_costs_are_judged_only_once_all_are_answered(reader):
    four = {f"bears_{cost}": "partner" for cost in ("pdd", "validation", "monitoring", "verification")}
    r13 = re.compile(r'id="f-R13"')
    assert not r13.search(reader.post(CONTRACT, data=four).text)
    assert r13.search(reader.post(CONTRACT, data={**four, "bears_replanting": "unsaid"}).text)
    assert not r13.search(reader.post(CONTRACT, data={**four, "bears_replanting": "owner"}).text)


def test_a_contract_is_read_with_its_findings_by_class_and_its_words_marked(reader):
    page = reader.get("/self-check/examples/contract_county")
    said = words(page)
    assert "M1 Hype that exaggerates the income" in said
    assert "3,600,000,000 yuan" in said
    assert '<mark>零成本<a href="/rules/R12">R12</a></mark>' in page.text
    assert re.search(r'id="f-R27".*?To resolve', page.text, re.DOTALL)
    aside = reader.get("/self-check/examples/contract_honest")
    assert '<mark class="not">保底' in aside.text
    assert "seen, not counted: it is denied" in words(aside)


def test_the_wording_is_shown_as_text_and_never_as_markup(reader):
    page = reader.post(CONTRACT, data={"text": '<script>alert("x")</script>零成本&amp;'})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_example_is_read_in_both_languages_and_can_be_taken_away(client, name, language):
    client.get(f"/language/{language}")
    page = client.get(f"/self-check/examples/{name}")
    assert page.status_code == 200
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in page.text
    assert client.get(f"/self-check/examples/{name}.json").json == EXAMPLES[name].facts


def test_the_result_can_be_taken_away_as_json(reader):
    page = reader.get("/self-check/examples/contract_honest")
    given = unescape(re.search(r'name="facts" value="([^"]*)"', page.text)[1])
    answer = reader.post(CONTRACT, data={"facts": given}, content_type="multipart/form-data")
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (answer.json["kind"], answer.json["level"]) == ("contract", "warn")


def test_the_schema_of_both_inputs_is_handed_out(reader):
    for name, fact in (("methods", "monitoring_years"), ("contract", "votes_for")):
        assert fact in reader.get(f"/self-check/schema/{name}.json").json["properties"]
    assert reader.get("/self-check/schema/other.json").status_code == 404


def test_errors_stand_at_their_question_and_keep_what_was_typed(reader):
    given = {
        "parcel_area_mu": "-3",
        "crediting_start": "2040-01-01",
        "crediting_end": "2030-01-01",
        "annual_precip_mm": "697",
    }
    page = reader.post(METHODS, data=given)
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    said = words(page)
    assert "Area of the parcel: It is less than it can be." in said
    assert "It comes before, or is less than, First day of the crediting period." in said
    assert 'href="#parcel_area_mu"' in page.text
    for value in given.values():
        assert f'value="{value}"' in page.text


def test_an_answer_that_cannot_be_read_is_named_with_its_question(reader):
    page = reader.post(METHODS, data={"buffer_pct": "some", "start_on": "soon"})
    assert page.status_code == 422
    assert "Share that is deducted or held back: Enter digits only, for example 128.5" in words(page)
    assert 'value="some"' in page.text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "It is empty."),
        (b"{", "It is not JSON (line 1, sign 2)."),
        ("{}".encode("utf-16"), "It is not UTF-8 text (byte 0)."),
        (b'{"parcels": [{"key": "a", "area_mu": -1}]}', "parcels[0].area_mu: It is less than it can be."),
        (b'{"wetland": true}', "wetland: There is no fact of this name. Did you mean wetland_overlap?"),
        (b"x" * 201_000, "It is larger than 200 kB."),
    ],
    ids=["empty", "broken", "encoding", "negative", "misspelt", "large"],
)
def test_a_file_that_cannot_be_read_says_what_is_wrong_and_what_to_do(reader, raw, said):
    page = upload(reader, METHODS, raw)
    assert page.status_code == 422
    assert said in words(page)


def test_a_text_made_up_of_the_words_looked_for_is_refused_at_once(reader):
    page = reader.post(CONTRACT, data={"text": "不得不保底，" * 501})
    assert page.status_code == 422
    assert "It repeats the words that are looked for more than 500 times." in words(page)
    assert reader.post(CONTRACT, data={"text": "不得不保底，" * 50}).status_code == 200


@pytest.mark.parametrize(("language", "title"), [("zh", "文件太大"), ("en", "The file is too large")])
def test_more_than_the_limit_is_refused_before_it_is_read_in_the_readers_language(client, language, title):
    client.get(f"/language/{language}")
    for path in (METHODS, CONTRACT):
        answers = upload(client, path, b"x" * 300_000), client.post(path, data={"text": "x" * 300_000})
        for answer in answers:
            assert answer.status_code == 413
            assert title in answer.text


def test_too_many_checks_from_one_address_are_put_off_and_the_typed_stays(reader, clock):
    reader.application.config["SELF_CHECKS_EACH"] = 3
    for _ in range(3):
        assert reader.post(METHODS, data={"monitoring_years": "5"}).status_code == 200
    page = reader.post(METHODS, data={"monitoring_years": "5"})
    assert page.status_code == 429
    assert "Too many checks were asked for from here" in page.text
    assert 'value="5"' in page.text
    assert upload(reader, CONTRACT, b"{}").status_code == 429
    assert reader.get(METHODS).status_code == 200
    clock.move(seconds=throttle.WINDOW.total_seconds() + 1)
    assert reader.post(METHODS, data={}).status_code == 200


def test_what_is_counted_does_not_show_the_address_and_shuts_nobody_out_of_signing_in(client):
    client.post(METHODS, data={}, environ_base={"REMOTE_ADDR": "203.0.113.77"})
    with client.application.app_context():
        counted = db.session.scalars(select(SignInAttempt)).one()
        assert (counted.address, counted.succeeded) == ("", True)
        assert "203.0.113" not in counted.login_digest


def _everything_at(client):
    facts = json.dumps({"number": SECRET, "text": f"{SECRET}零成本"}, ensure_ascii=False)
    yield client.post(CONTRACT, data={"text": f"{SECRET}零成本"})
    yield client.post(CONTRACT, data={"text": SECRET, "area_mu": f"{SECRET}"})
    yield client.post(CONTRACT, data={"facts": facts})
    yield upload(client, CONTRACT, facts.encode(), f"{SECRET}.json")
    yield upload(client, METHODS, json.dumps({SECRET: SECRET}).encode(), f"{SECRET}.json")


def test_nothing_of_what_is_typed_or_uploaded_is_kept_or_logged(client, clock, capfd, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    before = rows(client)
    answers = list(_everything_at(client))
    assert [a.status_code for a in answers] == [200, 422, 200, 200, 422]
    after = rows(client)
    assert {t for t in after if after[t] != before[t]} == {"sign_in_attempts"}
    with client.application.app_context():
        kept = [c for a in db.session.scalars(select(SignInAttempt)) for c in (a.login_digest, a.address)]
    assert not [k for k in kept if SECRET in k]
    out, err = capfd.readouterr()
    assert '"route": "self_check.contract"' in err
    for log in (out, err, caplog.text):
        assert SECRET not in log
        assert json.dumps(SECRET).strip('"') not in log
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert SECRET not in str(answer.headers)
    with client.session_transaction() as session:
        assert SECRET not in json.dumps(dict(session), ensure_ascii=False)
    assert not [f for f in tmp_path.rglob("*") if f.is_file() and SECRET.encode() in f.read_bytes()]


def test_an_error_on_the_way_reports_nothing_of_what_was_typed(client, capfd, monkeypatch):
    def broken(facts, policy):
        raise RuntimeError(f"broken at {facts.text}")

    monkeypatch.setattr(self_check.contract_check, "check", broken)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.post(CONTRACT, data={"text": SECRET})
    assert answer.status_code == 500
    assert SECRET not in answer.text
    out, err = capfd.readouterr()
    assert "RuntimeError" in err
    assert SECRET not in out + err
    assert json.dumps(SECRET).strip('"') not in err


@pytest.mark.parametrize("path", [METHODS, CONTRACT])
def test_every_question_has_its_label_and_can_be_left_as_not_known(reader, path):
    page = reader.get(path)
    groups = SITE if path == METHODS else TERMS
    for ask in (a for g in groups for a in g.asks):
        assert re.search(rf'<label for="{ask.field}"|id="{ask.field}-0"', page.text), ask.field
    assert page.text.count("<h1") == 1
    for select_field in re.findall(r"<select.*?</select>", page.text, re.DOTALL):
        assert re.search(r'<option selected value="">Not known', select_field)


def test_the_pages_are_linked_from_where_people_begin(town, reader):
    for path in ("/", "/help"):
        assert 'href="/self-check"' in reader.get(path).text
    for path in (METHODS, CONTRACT):
        assert f'href="{path}"' in reader.get("/self-check").text
    assert 'href="/self-check"' in town.page("owner", "/my/start")
