"""What an operator may set for the papers, and what is refused with a cure."""

import pytest

from registry.config import BadSetting, read


def given(**environ: str) -> dict:
    return read({"TAILIN_ENV": "test", **environ}, str)


def test_without_settings_papers_have_no_head_and_the_usual_numbers():
    config = given()
    assert (config["PAPER_HEAD"], config["PAPER_NUMBER"], config["PAPER_CONTACT"]) == ("", "", "")
    assert config["PUBLIC_URL"] == "http://127.0.0.1:8000"


def test_the_public_address_is_the_first_trusted_host_in_production_and_this_machine_elsewhere():
    assert read({"TAILIN_ENV": "production", "TRUSTED_HOSTS": "a.cn,b.cn"}, str)["PUBLIC_URL"] == "https://a.cn"
    assert given(HOST="0.0.0.0", PORT="8001")["PUBLIC_URL"] == "http://127.0.0.1:8001"
    assert given(PUBLIC_URL="https://tanhui.example.cn/")["PUBLIC_URL"] == "https://tanhui.example.cn"


@pytest.mark.parametrize("site", ["tanhui.example.cn", "ftp://a.cn", "https://a.cn/x", "https://u:p@a.cn", "https://"])
def test_an_address_that_is_no_site_is_refused(site):
    with pytest.raises(BadSetting, match="PUBLIC_URL"):
        given(PUBLIC_URL=site)


@pytest.mark.parametrize(
    "series", ["泰林碳审〔{year}〕号", "{n}号", "{year}{n}{n}", "{year}{n}{x}", "{0}{year}{n}", "泰" * 40]
)
def test_a_series_without_year_and_number_is_refused(series):
    with pytest.raises(BadSetting, match="PAPER_NUMBER"):
        given(PAPER_NUMBER=series)


def test_a_series_of_ones_own_is_taken():
    assert given(PAPER_NUMBER="岱林碳〔{year}〕第{n}号")["PAPER_NUMBER"].format(year=2026, n=3) == "岱林碳〔2026〕第3号"
