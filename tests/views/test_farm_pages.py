"""The farm's pages: records kept once and replaced, photos bare, losses of projects, who may do what."""

import html
import io
from datetime import date

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from sqlalchemy import func, select

from registry import storage
from registry.clock import now
from registry.extensions import db
from registry.models import FarmRecord, OrganisationKind, User
from registry.queries import pilot as ask
from registry.services import farm_records
from tests import factories
from workflows.roles import Role
from workflows.states import FarmRecordKind

CLIENT = "0123456789abcdef0123"
TENDING = {"client_id": CLIENT, "work": "tending", "done_mu": "18.5", "on_day": "2026-01-05", "place": "示例一区"}
ADD = "/farm/records/new/activity"


@pytest.fixture
def farm(town):
    """The farm, with its reporter as `reporter`."""
    with town.client.application.app_context():
        farm_id = factories.an_organisation(kind=OrganisationKind.FOREST_FARM)
    reporter(town, farm_id)
    return farm_id


def reporter(town, farm_id):
    """Somebody new reports for the farm."""
    with town.client.application.app_context():
        person = factories.an_appointee(town.world.body, Role.FARM_REPORTER)
        factories.belongs(person, farm_id)
    town.world.people["reporter"] = person


def kept(town) -> int:
    with town.client.application.app_context():
        return db.session.scalar(select(func.count()).select_from(FarmRecord)) or 0


def send(town, path, status=302, **changed):
    town.be("reporter")
    answer = town.client.post(path, data={**TENDING, **changed})
    assert answer.status_code == status, answer.text
    return answer


def test_a_record_sent_twice_is_one_record(town, farm):
    first = send(town, ADD).headers["Location"]
    assert send(town, ADD).headers["Location"] == first
    assert kept(town) == 1


def test_the_outbox_gets_the_same_receipt_again(town, farm):
    town.be("reporter")
    answers = [town.client.post("/field/activity", data=TENDING, headers={"X-Outbox": "1"}).json for _ in range(2)]
    assert answers[0]["id"]
    assert answers[0] == answers[1]


def test_the_id_of_somebody_elses_record_gives_nothing_away(town, farm):
    send(town, ADD)
    reporter(town, farm)
    send(town, ADD, 404)


def test_a_correction_says_why_and_keeps_the_earlier_record(town, farm):
    path = send(town, ADD).headers["Location"]
    number = path.rpartition("/")[2]
    again = {"client_id": CLIENT + "b", "done_mu": "20"}
    send(town, f"/farm/records/{number}/correct", 422, **again)
    page = town.page(
        "reporter", send(town, f"/farm/records/{number}/correct", **again, reason="抄错").headers["Location"]
    )
    assert "抄错" in page
    assert "18.5" in page
    assert kept(town) == 2
    send(town, f"/farm/records/{number}/correct", 404, client_id=CLIENT + "c", reason="又错")


@pytest.fixture
def plot(town, farm):
    said = {"client_id": CLIENT + "p", "plot_no": "示例01", "area_m2": "600", "on_day": "2026-01-05", "stratum": "柏类"}
    return send(town, "/farm/records/new/plot", **said).headers["Location"].rpartition("/")[2]


@pytest.mark.parametrize("path", ["/farm/records/new/measurement", "/field/measurement"])
def test_a_tree_list_that_cannot_be_read_is_refused_with_its_lines(town, plot, path):
    said = {"client_id": CLIENT + "m", "plot_id": plot, "trees": "3", "persons": "甲组", "on_day": "2026-01-05"}
    before = kept(town)
    page = html.unescape(send(town, path, 422, **said, tree_list="12.3 侧柏\n12cm 侧柏\n9 无此树").text)
    assert "line 2: “12cm” is no diameter in cm" in page
    assert "line 3: “无此树” is no species known here" in page
    page = html.unescape(send(town, path, 422, **said, tree_list="12.3 侧柏\n12 侧柏").text)
    assert "The list has 2 trees, but 3 are entered above" in page
    assert kept(town) == before
    send(town, path, **said, tree_list="12.3 侧柏\r\n１２ 侧柏\r\n9 Cypress\r\n")
    assert kept(town) == before + 1


@pytest.mark.parametrize("path", ["/farm/records/new/measurement", "/field/measurement"])
def test_no_plot_is_chosen_beforehand(town, plot, path):
    assert '<option selected value="">Choose a plot</option>' in town.page("reporter", path)
    said = {"client_id": CLIENT + "m", "plot_id": "", "trees": "3", "persons": "甲组", "on_day": "2026-01-05"}
    assert "Answer “Plot”" in send(town, path, 422, **said).text


def test_a_record_whose_tree_list_nobody_can_read_is_still_read_and_its_correction_is_asked_for_trees(town, farm, plot):
    with town.client.application.app_context():
        said = {"on_day": date(2026, 1, 6), "plot_id": int(plot), "persons": "甲组", "instrument": "", "trees": 9}
        words = dict.fromkeys(("place", "note", "source", "reason"), "") | {"tree_list": "十二厘米的侧柏"}
        nothing = dict.fromkeys(("latitude", "longitude", "mean_diameter_cm", "mean_height_m"))
        by = {"by": db.session.get_one(User, town.world.people["reporter"]), "at": now(), "client_id": CLIENT + "o"}
        old = farm_records.write(FarmRecordKind.MEASUREMENT, said | words | nothing, farm_id=farm, **by)
    assert "十二厘米的侧柏" in town.page("reporter", f"/farm/records/{old}")
    asked = {"client_id": CLIENT + "n", "plot_id": plot, "trees": "1", "persons": "甲组", "reason": "补录"}
    send(town, f"/farm/records/{old}/correct", 422, **asked, tree_list="十二厘米的侧柏")
    send(town, f"/farm/records/{old}/correct", **asked, tree_list="12 侧柏")


def test_a_photo_is_kept_without_what_the_camera_wrote(town, farm):
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(picture, "JPEG", exif=exif)
    assert b"SECRET-CAMERA" in picture.getvalue()
    picture.seek(0)
    path = send(town, ADD, photo=(picture, "stake.jpg")).headers["Location"]
    with town.client.application.app_context():
        record = db.session.get_one(FarmRecord, int(path.rpartition("/")[2]))
        with storage.open_file(record.sha256) as file:
            content = file.read()
    assert b"SECRET-CAMERA" not in content
    assert Image.open(io.BytesIO(content)).size == (8, 8)


def test_what_is_no_photo_is_refused_with_the_typed_text_kept(town, farm):
    page = send(town, ADD, 422, photo=(io.BytesIO(b"not a picture"), "a.jpg")).text
    assert "示例一区" in page
    assert kept(town) == 0


@pytest.mark.parametrize(
    "changed", [{"done_mu": ""}, {"on_day": "2036-01-01"}, {"latitude": "36.05"}, {"done_mu": "-1"}, {"work": "x"}]
)
def test_a_record_that_cannot_be_is_refused(town, farm, changed):
    send(town, ADD, 422, **changed)
    assert kept(town) == 0


def test_coordinates_far_away_are_kept_and_questioned(town, farm):
    path = send(town, ADD, latitude="31.2", longitude="121.5").headers["Location"]
    assert "Tai’an; please" in town.page("reporter", path) or "泰安市以外" in town.page("reporter", path)


def test_officers_read_and_do_not_write(town, farm):
    path = send(town, ADD).headers["Location"]
    town.page("officer", path)
    town.be("officer")
    assert town.client.post(ADD, data=TENDING).status_code == 403


def test_nobody_writes_for_a_farm_they_do_not_belong_to(town, farm):
    lesson = FarmRecordKind.LESSON
    with town.client.application.app_context():
        other = factories.an_organisation(kind=OrganisationKind.FOREST_FARM)
        user = town.world.user("reporter")
        with pytest.raises(farm_records.NotTheirs):
            farm_records.write(lesson, {}, by=user, at=now(), client_id=CLIENT, farm_id=other)


def test_field_pages_alone_may_ask_where_the_phone_is(town, farm):
    town.be("reporter")
    assert "geolocation=(self)" in town.client.get("/field/activity").headers["Permissions-Policy"]
    assert "geolocation=()" in town.client.get("/farm").headers["Permissions-Policy"]


@pytest.mark.parametrize("kind", [k.value for k in FarmRecordKind])
def test_every_kind_has_its_form_and_its_list(town, farm, kind):
    town.page("reporter", f"/farm/records/new/{kind}")
    town.page("reporter", f"/farm/{farm}/records/{kind}")


def test_the_farm_shows_seven_fields(town, farm):
    assert town.page("reporter", "/farm").count('data-th="') > 20


def test_the_farm_sums_the_money_and_sales_of_a_year(town, farm):
    money = {"direction": "money_out", "heading": "抚育", "executed_yuan": "1200.50", "budget_yuan": "2000"}
    for number, changed in enumerate([{}, {"executed_yuan": "99.50", "budget_yuan": ""}, {"on_day": "2025-12-31"}]):
        send(town, "/farm/records/new/money", **(money | {"client_id": f"{CLIENT}m{number}"} | changed))
    sale = {
        "what": "示例碳票",
        "quantity_t": "120",
        "price_yuan": "30",
        "amount_yuan": "3600",
        "counterparty": "示例公司",
    }
    path = send(town, "/farm/records/new/sale", **(sale | {"client_id": CLIENT + "s"})).headers["Location"]
    again = sale | {"quantity_t": "100", "amount_yuan": "3000", "client_id": CLIENT + "t", "reason": "抄错"}
    send(town, f"{path}/correct", **again)
    table = town.page("officer", "/farm").partition("Money and sales in 2026")[2].partition("</table>")[0]
    assert "1,300" in table
    assert "2,000" in table
    assert "3,000" in table
    assert "3,600" not in table
    assert "100" in table
    earlier = town.page("officer", f"/farm?farm={farm}&year=2025").partition("Money and sales in 2025")[2]
    assert "1,200.5" in earlier.partition("</table>")[0]
    assert "Money and sales in 2026" in town.page("officer", f"/farm?farm={farm}&year=1999")


def test_the_farm_leads_to_its_reports(town, farm):
    assert "No report has been begun" in town.page("reporter", "/farm")
    town.be("reporter")
    begun = town.client.post("/reports/begin", data={"farm": farm, "year": 2025, "quarter": 4}).headers["Location"]
    assert f'href="{begun}"' in town.page("reporter", "/farm")


def test_records_are_shown_by_year_a_page_at_a_time(town, farm, monkeypatch):
    monkeypatch.setattr(ask, "PAGE", 2)
    for n, day in enumerate(("2024-11-05", "2025-01-05", "2025-03-05", "2025-05-05")):
        send(town, ADD, on_day=day, client_id=f"{CLIENT}{n}")
    path = f"/farm/{farm}/records/activity"
    first = BeautifulSoup(town.page("officer", path), "html.parser")
    assert days(first) == ["2025-05-05", "2025-03-05"]
    assert days(BeautifulSoup(town.page("officer", first.find("a", rel="next")["href"]), "html.parser")) == [
        "2025-01-05",
        "2024-11-05",
    ]
    assert days(BeautifulSoup(town.page("officer", f"{path}?year=2024"), "html.parser")) == ["2024-11-05"]
    of_year = BeautifulSoup(town.page("officer", f"{path}?year=2025"), "html.parser")
    assert "year=2025" in of_year.find("a", rel="next")["href"]


def days(page):
    return [a.text for a in page.select("main table th a, main table td:first-child a") if "/records/" in a["href"]]
