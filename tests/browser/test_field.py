"""Field entry on a bad line: what is saved waits on the phone, is shown as waiting, and arrives once, whole."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from registry.extensions import db
from registry.models import FarmRecord, User
from tests.browser import walk
from tests.browser.conftest import People, barriers
from tests.browser.serving import Served, sign_in

FORM = "/field/activity"
FORMS = (FORM, "/field/measurement", "/field/loss")
SAVE = "保存记录"


@pytest.fixture
def phone(people: People, served: Served) -> Iterator[Page]:
    """The reporter's phone: a browser of its own, with an empty outbox."""
    page = people.fresh(viewport={"width": 390, "height": 844})
    sign_in(page, served.people["reporter"])
    page.goto(FORM)
    yield page
    page.context.close()


def photo() -> dict[str, object]:
    """A picture as the camera gives it."""
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(file, "JPEG")
    return {"name": "stake.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def fill(page: Page, place: str, mu: str = "12.5") -> None:
    page.locator("form.entry[data-ready]").wait_for()
    page.locator("input[name=work]").first.check()
    page.fill("input[name=done_mu]", mu)
    page.fill("input[name=place]", place)


def save(page: Page) -> None:
    page.get_by_role("button", name=SAVE).click()


def waits(page: Page, number: int = 1) -> None:
    expect(page.locator(".net .told")).to_contain_text(f"待上传：{number}条", timeout=15_000)


def sent(page: Page) -> None:
    expect(page.locator(".net")).to_be_hidden(timeout=15_000)


def records(served: Served, place: str) -> list[FarmRecord]:
    """What the registry has of this place."""
    with served.app.app_context():
        found = list(db.session.scalars(select(FarmRecord).where(FarmRecord.place == place)))
        db.session.remove()
    return found


def in_outbox(page: Page) -> list[dict[str, object]]:
    """Every entry on the device: its values by name, a file by its name and size."""
    return page.evaluate(  # type: ignore[no-any-return]
        """async () => (await window.outbox.all()).map(e => Object.fromEntries(
             e.values.map(([n, v]) => [n, v instanceof Blob ? `${v.name} ${v.size}` : v])))"""
    )


def answers(status: int) -> Callable[[Route], None]:
    """A server that answers with this to everything that is sent."""
    return lambda route: (
        route.fulfill(status=status, body="trouble") if route.request.method == "POST" else route.continue_()
    )


def test_what_is_saved_without_a_signal_arrives_once_when_it_is_back(phone: Page, served: Served) -> None:
    phone.context.set_offline(True)
    fill(phone, "示例七区")
    save(phone)
    waits(phone)
    fill(phone, "示例七区之二")
    save(phone)
    waits(phone, 2)
    phone.context.set_offline(False)
    sent(phone)
    assert len(records(served, "示例七区")) == len(records(served, "示例七区之二")) == 1


def test_a_signal_that_lets_nothing_through_loses_nothing(phone: Page, served: Served) -> None:
    def lost(route: Route) -> None:
        route.abort("connectionfailed")

    phone.route("**/field/ready", lost)
    assert phone.evaluate("navigator.onLine")
    fill(phone, "示例八区")
    phone.set_input_files("input[name=photo]", [photo()])  # type: ignore[list-item]
    save(phone)
    waits(phone)
    expect(phone.locator(".net")).to_contain_text("信号太弱")
    expect(phone.locator("input[name=place]")).to_have_value("")
    assert records(served, "示例八区") == []
    phone.goto("/field/")  # the page may be left
    waits(phone)
    expect(phone.locator(".outbox")).to_contain_text("示例八区")
    phone.unroute("**/field/ready", lost)
    phone.get_by_role("button", name="立即上传").click()
    sent(phone)
    (record,) = records(served, "示例八区")
    assert record.filename == "stake.jpg"


def test_an_answer_that_is_lost_on_the_way_makes_no_second_record(phone: Page, served: Served) -> None:
    def half(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    phone.route(f"**{FORM}", half)
    fill(phone, "示例九区")
    save(phone)
    waits(phone)
    assert len(records(served, "示例九区")) == 1
    phone.unroute(f"**{FORM}", half)
    phone.get_by_role("button", name="立即上传").click()
    sent(phone)
    expect(phone.locator(".kept")).to_contain_text("已保存")
    assert len(records(served, "示例九区")) == 1


def test_a_slow_line_frees_the_form_and_sends_on(phone: Page, served: Served) -> None:
    held: list[Route] = []
    phone.route(f"**{FORM}", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    fill(phone, "示例十区")
    save(phone)
    expect(phone.locator(".net")).to_contain_text("正在上传")
    expect(phone.locator("input[name=place]")).to_have_value("", timeout=15_000)  # free for the next record
    waits(phone)
    assert in_outbox(phone)[0]["place"] == "示例十区"
    held[0].continue_()
    sent(phone)
    assert len(records(served, "示例十区")) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 404])
def test_a_server_in_trouble_takes_nothing_and_loses_nothing(
    phone: Page, served: Served, faults: list[str], status: int
) -> None:
    trouble, place = answers(status), f"示例{status}区"
    phone.route(f"**{FORM}", trouble)
    fill(phone, place)
    save(phone)
    waits(phone)
    expect(phone.locator(".net")).to_contain_text("系统暂时未能接收")
    phone.unroute(f"**{FORM}", trouble)
    phone.get_by_role("button", name="立即上传").click()
    sent(phone)
    assert len(records(served, place)) == 1
    faults.clear()  # the trouble was made on purpose


def test_a_weak_signal_is_tried_again_by_itself(people: People, served: Served) -> None:
    page = people.fresh()
    sign_in(page, served.people["reporter"])
    page.clock.install()
    page.goto(FORM)

    def lost(route: Route) -> None:
        route.abort("connectionfailed")

    page.route("**/field/ready", lost)
    fill(page, "示例十一区")
    save(page)
    waits(page)
    page.unroute("**/field/ready", lost)
    page.clock.run_for(21_000)
    sent(page)
    assert len(records(served, "示例十一区")) == 1
    page.context.close()


def test_a_record_that_is_refused_stays_with_its_photo_until_it_is_corrected(phone: Page, served: Served) -> None:
    fill(phone, "示例十二区", mu="-3")
    phone.set_input_files("input[name=photo]", [photo()])  # type: ignore[list-item]
    save(phone)
    expect(phone.locator(".error-summary")).to_be_focused()
    expect(phone.locator(".field.has-error .error")).to_have_count(1)
    expect(phone.locator("input[name=place]")).to_have_value("示例十二区")
    assert phone.title().startswith("错误：")
    assert barriers(phone) == []
    phone.goto("/field/")  # the browser may be closed on it, the record is still there
    waits(phone)
    expect(phone.locator(".net")).to_contain_text("其中退回改正：1条")
    assert barriers(phone) == []
    phone.get_by_role("link", name="改正").click()
    expect(phone.locator(".error-summary li")).to_have_count(1)
    expect(phone.locator("input[name=place]")).to_have_value("示例十二区")
    phone.locator(".error-summary a").click()
    expect(phone.locator("input[name=done_mu]")).to_be_focused()
    assert phone.evaluate("document.querySelector('input[name=photo]').files[0].name") == "stake.jpg"
    phone.fill("input[name=done_mu]", "3")
    save(phone)
    sent(phone)
    expect(phone.locator(".error-summary")).to_have_count(0)
    (record,) = records(served, "示例十二区")
    assert record.filename == "stake.jpg"


def test_a_refused_record_may_be_deleted_after_a_second_press(phone: Page, served: Served) -> None:
    fill(phone, "示例十三区", mu="-3")
    save(phone)
    expect(phone.locator(".error-summary")).to_be_visible()
    phone.goto("/field/")
    away = phone.locator(".outbox .away")
    away.click()
    expect(away).to_have_text("确定删除？")
    waits(phone)
    away.click()
    sent(phone)
    assert in_outbox(phone) == []


def test_pages_open_without_a_signal_and_name_nobody(phone: Page, served: Served) -> None:
    with served.app.app_context():
        name = db.session.get_one(User, served.people["reporter"]).name
        db.session.remove()
    phone.goto("/field/")
    for _try in range(100):
        if phone.evaluate(f"async () => (await Promise.all({[*FORMS]}.map(f => caches.match(f)))).every(Boolean)"):
            break
        phone.wait_for_timeout(100)
    kept = phone.evaluate(
        """async () => {
             const cache = await caches.open('field-2'), texts = {};
             for (const request of await cache.keys()) {
               const path = new URL(request.url).pathname;
               if (path.startsWith('/field/')) texts[path] = await (await cache.match(request)).text();
             }
             return texts;
           }"""
    )
    assert set(kept) == {"/field/", *FORMS}
    for path, text in kept.items():
        assert name not in text, path
        assert re.findall(r'name="csrf_token" value="([^"]*)"', text), path
        assert set(re.findall(r'name="csrf_token" value="([^"]*)"', text)) == {""}, path
        assert f'data-person="{served.people["reporter"]}"' not in text
    phone.context.set_offline(True)
    for number in (1, 2):  # the page that is kept carries one id; the records must not
        phone.goto("/field/loss")
        phone.locator("form.entry[data-ready]").wait_for()
        phone.locator("input[name=cause]").first.check()
        phone.fill("input[name=area_mu]", "2")
        phone.fill("input[name=place]", f"示例十四区{number}")
        save(phone)
        waits(phone, number)
    phone.context.set_offline(False)
    sent(phone)
    assert len(records(served, "示例十四区1")) == len(records(served, "示例十四区2")) == 1


def drafts(page: Page) -> list[dict[str, str]]:
    """What is kept of forms that are not saved, by the names of the fields."""
    return page.evaluate(  # type: ignore[no-any-return]
        "async () => (await window.outbox.drafts.all()).map(d => Object.fromEntries(d.values))"
    )


def drafted(page: Page) -> dict[str, str]:
    """The one draft, once the device has it."""
    for _ in range(50):
        if found := drafts(page):
            (draft,) = found
            return draft
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


def test_what_is_typed_and_not_saved_is_there_again_until_it_is_saved(phone: Page, served: Served) -> None:
    fill(phone, "示例草稿区")
    phone.set_input_files("input[name=photo]", [photo()])  # type: ignore[list-item]
    kept = drafted(phone)
    assert kept["place"] == "示例草稿区"
    assert not {"csrf_token", "client_id", "photo"} & kept.keys()
    phone.goto("/field/loss")  # each form has its own
    phone.locator("form.entry[data-ready]").wait_for()
    expect(phone.locator("input[name=place]")).to_have_value("")
    phone.goto(FORM)
    expect(phone.locator(".drafted")).to_be_visible()
    expect(phone.locator("input[name=place]")).to_have_value("示例草稿区")
    expect(phone.locator("input[name=done_mu]")).to_have_value("12.5")
    expect(phone.locator("input[name=work]").first).to_be_checked()
    save(phone)
    expect(phone.locator(".kept")).to_contain_text("已保存")
    assert len(records(served, "示例草稿区")) == 1
    assert drafts(phone) == []
    phone.reload()
    phone.locator("form.entry[data-ready]").wait_for()
    expect(phone.locator(".drafted")).to_be_hidden()
    expect(phone.locator("input[name=place]")).to_have_value("")


def test_a_draft_is_emptied_on_demand_and_goes_with_the_sign_in(phone: Page, served: Served) -> None:
    fill(phone, "示例草稿区之二")
    drafted(phone)
    phone.reload()
    phone.get_by_role("button", name="清空表单").click()
    expect(phone.locator("input[name=place]")).to_have_value("")
    assert drafts(phone) == []
    fill(phone, "示例草稿区之三")
    drafted(phone)
    phone.goto("/farm")
    phone.locator("form[data-leaving] button").click()
    phone.wait_for_url(lambda url: "/farm" not in url)
    sign_in(phone, served.people["reporter"])
    phone.goto(FORM)
    phone.locator("form.entry[data-ready]").wait_for()
    assert drafts(phone) == []
    expect(phone.locator("input[name=place]")).to_have_value("")


def test_signing_out_warns_of_what_waits_and_then_clears_it(phone: Page, served: Served) -> None:
    phone.context.set_offline(True)
    fill(phone, "示例十五区")
    save(phone)
    waits(phone)
    phone.route("**/field/ready", lambda route: route.abort("connectionfailed"))
    phone.context.set_offline(False)
    phone.goto("/farm")  # from any page, not only the field's
    leave = phone.get_by_role("button", name="退出", exact=True).or_(
        phone.get_by_role("button", name="退出登录", exact=True)
    )
    leave.first.click()
    warning = phone.locator(".leaving")
    expect(warning).to_be_focused()
    expect(warning).to_contain_text("本机还有1条记录没有上传到系统")
    assert barriers(phone) == []
    phone.get_by_role("button", name="不退出").click()
    expect(warning).to_have_count(0)
    assert [entry["place"] for entry in in_outbox(phone)] == ["示例十五区"]
    leave.first.click()
    # The answer of the registry would clear the device too, but only over HTTPS; here the page must have done it.
    phone.route("**/sign-out", lambda route: route.fulfill(body="signed out"))
    walk.follow(phone.get_by_role("button", name="删除并退出"))
    left = phone.evaluate(
        """() => new Promise(done => {
             indexedDB.open('field', 1).onsuccess = opened => {
               const count = opened.target.result.transaction('outbox').objectStore('outbox').count();
               count.onsuccess = () => done(count.result);
             };
           })"""
    )
    assert left == 0
    assert phone.evaluate("async () => (await caches.keys()).length") == 0
    assert records(served, "示例十五区") == []


def test_signing_out_with_nothing_waiting_asks_nothing(phone: Page) -> None:
    phone.goto("/farm")
    walk.follow(phone.locator("form[data-leaving] button"))
    assert "/sign-in" in phone.url


def test_what_one_person_left_waiting_is_not_sent_as_another(phone: Page, served: Served) -> None:
    phone.context.set_offline(True)
    fill(phone, "示例十六区")
    save(phone)
    waits(phone)
    phone.route("**/field/ready", lambda route: route.fulfill(json={"person": "somebody-else", "csrf_token": "x"}))
    phone.context.set_offline(False)
    phone.get_by_role("button", name="立即上传").click()
    expect(phone.locator(".net")).to_contain_text("登录已失效")
    waits(phone)
    assert records(served, "示例十六区") == []


def test_nothing_was_counted_twice(served: Served) -> None:
    with served.app.app_context():
        twice = select(FarmRecord.client_id).group_by(FarmRecord.client_id).having(func.count() > 1)
        assert db.session.scalars(twice).all() == []
        db.session.remove()
