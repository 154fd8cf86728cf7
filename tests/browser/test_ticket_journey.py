"""A ticket case as people walk it, in English, the applicant on a phone; a file of its own for a core of its own."""

from playwright.sync_api import expect

from tests.browser import walk
from tests.browser.conftest import People

TICKET = {
    "basics": {
        "name": "Niushan village forest tending (example)",
        "scheme": "local_ticket",
        "activity": "forest_management",
        "summary": "Replanting and tending of degraded arborvitae forest managed by the collective.",
        "contact_name": "Niu Chunlai",
        "contact_phone": "0538 123 4567",
    },
    "land": {
        **walk.PARCEL,
        "name": "South slope",
        "district_code": "370983",
        "area": "40",
        "unit": "ha",
        "tenure": "collective_managed",
        "title_document": "forest_right_certificate",
        "title_number": "Example-018",
        "title_end": "31 December 2066",
        "coowner_consent": "yes",
    },
    "method": (
        {"method": "TA-TICKET"},
        {
            "forest_use": "protection",
            "origin": "planted",
            "start_on": "2021-03-01",
            "public_benefit_forest": "no",
            "other_mechanism": "no",
            "monitoring_years": "5",
            "third_party_report": "yes",
        },
        {"third_party_related": "no", "increment_t": "1,800", "buffer_pct": "10"},
    ),
    "crediting": {
        "start_on": "2021-03-01",
        "end_on": "2026-02-28",
        "expected_total_t": "1,800",
        "expected_annual_t": "360",
        "vvb_org_id": "Qitan Certification (example)",
    },
}


def test_a_ticket_case_goes_from_an_empty_form_to_its_entry_in_english(people: People) -> None:
    phone = people("village2", "en", width=390)
    number = walk.apply(phone, **TICKET)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    officer = people("officer2", "en")
    walk.act(people("officer1", "en"), number, "accept")
    for login in ("officer1", "officer2"):
        walk.screen(people(login, "en"), number, "Certificate, report and site visit")
    asked = "Are the plots and the sums sound?"
    assert walk.panel(people, number, "The plots are sound and the sums can be repeated.", "en", asked) == 5
    walk.open_case(phone, number)
    expect(phone.locator("main")).to_contain_text("The panel accepted")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    walk.act(officer, number, "pass_screening")
    legal = people("legal", "en")
    walk.act(officer, number, "send_for_legal_review")
    in_order = {"words": "Vote and notice are in order.", "time_sufficient": True}
    walk.act(legal, number, "give_legal_opinion", conclusion="favourable", **in_order)
    walk.vote(people, number, "for", "Clear title, sound figures.", "en")
    walk.act(people("chair", "en"), number, "approve_risk", words="Approved.")
    walk.act(people("vvb2", "en"), number, "file_validation", file="report.pdf", **walk.FAVOURABLE)
    environment = people("ecoenv", "en")
    walk.act(environment, number, "give_environment_opinion", conclusion="favourable", words="No objection.")
    walk.notice(people, number, "officer2", "en")
    walk.act(officer, number, "pass_validation")
    walk.vote(people, number, "for", "Everything is there.", "en")
    walk.act(people("chair", "en"), number, "register", words="Entered.")
    walk.open_case(phone, number)
    assert walk.state(phone) == "Registered"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.goto("/projects?q=Niushan")
    expect(phone.locator("main")).to_contain_text("TA-TP-370983")
