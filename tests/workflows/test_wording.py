"""Words of a contract are found where they stand, and only where they are meant."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.policy import Phrase, Policy
from workflows.wording import Aside, hits, plain, seen

LEXICON = Policy.base().lexicon
PHRASES = [phrase.words for phrase in LEXICON.phrases]
NEGATORS = LEXICON.grammar["negators"]


def found(text):
    return [text[hit.start : hit.end] for hit in hits(text, LEXICON)]


def aside(text):
    return [hit.aside for hit in seen(text, LEXICON)]


# The lexicon


def test_the_lexicon_holds_some_forty_phrases_each_for_a_clause_of_the_check():
    assert len(PHRASES) >= 40
    assert {phrase.clause for phrase in LEXICON.phrases} == {"R07", "R08", "R11", "R12"}


@pytest.mark.parametrize("phrase", LEXICON.phrases, ids=lambda p: p.words)
def test_a_phrase_alone_is_found_whole(phrase):
    (hit,) = hits(f"第一条 {phrase.words}。", LEXICON)
    assert (hit.words, hit.clause, hit.alone) == (phrase.words, phrase.clause, phrase.alone)


# Where


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("乙方保证收益。", "保证收益"),
        ("乙方保 证\n收　益。", "保 证\n收　益"),
        ("乙方保\u200b证收益。", "保\u200b证收益"),
        ("乙方保\r\n证收益。", "保\r\n证收益"),
    ],
)
def test_a_phrase_is_found_across_spaces_and_line_breaks(text, written):
    assert found(text) == [written]


def test_full_width_signs_and_letter_case_make_no_difference():
    lexicon = replace(LEXICON, phrases=(Phrase("CCER保底100%", "R07", alone=True),))
    (hit,) = hits("本项目ＣＣＥＲ保底１００％。", lexicon)
    assert "本项目ＣＣＥＲ保底１００％。"[hit.start : hit.end] == "ＣＣＥＲ保底１００％"


def test_half_of_a_sign_is_no_phrase():
    lexicon = replace(LEXICON, phrases=(Phrase("1保底", "R07", alone=True),))
    assert hits("½保底", replace(lexicon, phrases=(Phrase("2保底", "R07", alone=True),))) == ()
    assert len(hits("第1保底", lexicon)) == 1


def test_of_two_phrases_that_overlap_the_longer_is_taken():
    assert found("乙方保底收益") == ["保底收益"]
    assert found("稳赚不赔") == ["稳赚不赔"]


# Negation


@pytest.mark.parametrize(
    "text",
    [
        "乙方不保证收益",
        "不得承诺保底",
        "并非零成本",
        "本合同无独家",
        "本合同不作独家约定",
        "乙方未作出任何形式的保底",
        "乙方没有承诺稳赚",
        "严禁零成本的宣传",
        "双方均不得以“零成本”作宣传",
        "甲方并不能零成本",
        "乙方无法保证收益",
        "非独家开发",
        "乙方不得不花一分钱",
        "乙方不承诺保底、稳赚或者零成本",
        "乙方不得有下列行为：（一）保证收益；（二）宣传零成本",
        "禁止：保证收益；零成本",
    ],
)
def test_what_is_denied_is_no_hit(text):
    assert found(text) == []
    assert set(aside(text)) <= {Aside.NEGATED, Aside.QUOTED}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("乙方不得不保证收益", ["保证收益"]),
        ("乙方不能不保证收益", ["保证收益"]),
        ("并非不保证收益", ["保证收益"]),
        ("不是没有保底", ["保底"]),
        ("乙方不仅保证收益", ["保证收益"]),
        ("非但保底", ["保底"]),
        ("无论如何保证收益", ["保证收益"]),
        ("乙方无条件保证收益", ["保证收益"]),
        ("不可撤销的独家授权", ["独家"]),
        ("甲方不承担费用，零成本", ["零成本"]),
        ("收益不低于市价。保底", ["保底"]),
        ("甲方不参与经营\n\n保底", ["保底"]),
        ("甲方不花一分钱、稳赚", ["不花一分钱", "稳赚"]),
        ("乙方不得擅自转让，违约金如下：保底收益一百万元", ["保底收益"]),
    ],
)
def test_what_only_looks_denied_is_a_hit(text, written):
    assert found(text) == written


# Quotation


@pytest.mark.parametrize(
    "text",
    [
        "市场上有“稳赚不赔”的说法",
        "市场上有「稳赚不赔」的说法",
        "市场上有『稳赚不赔』的说法",
        '市场上有"稳赚不赔"的说法',
        "按照《关于禁止保底收益的通知》办理",
        "所谓保底收益不属于本合同",
        "所谓的“零成本”合作不属于本合同",
        "此前宣传的“零成本，不花一分钱”与本合同不符",
        "严禁“零成本”模式",
        "保底条款一律无效",
        "“保底”的约定无效",
    ],
)
def test_what_is_quoted_or_void_is_no_hit(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("第三条 “保底收益”\n由乙方支付。", ["保底收益"]),
        ("三、“零成本”合作\n乙方垫付费用。", ["零成本"]),
        ("“零成本”条款：甲方不承担费用", ["零成本"]),
        ("由乙方按年支付（以下简称“保底收益”）", ["保底收益"]),
        ("乙方承诺“保底”", ["保底"]),
        (
            "“乙方在合同期内每年向甲方支付一百万元，保底收益不因市场变化减少，合同期满后继续支付，直至项目注销为止”",
            ["保底收益"],
        ),
        ("他说“稳赚。\n\n第二条 乙方保底”", ["稳赚", "保底"]),
    ],
)
def test_a_quotation_the_contract_itself_means_is_a_hit(text, written):
    assert found(text) == written


def test_what_does_not_count_is_still_seen_with_its_reason():
    text = "乙方不保证收益，“稳赚不赔”是他人的说法，保底条款无效，零成本"
    assert aside(text) == [Aside.NEGATED, Aside.QUOTED, Aside.VOID, None]


# Properties

pieces = st.one_of(
    st.sampled_from(PHRASES),
    st.sampled_from([*NEGATORS, *LEXICON.grammar["fillers"], *LEXICON.grammar["joints"], *LEXICON.grammar["ends"]]),
    st.sampled_from([*"“”「」《》\n 　,.;", "\n\n", "林地", "每年", "第三条", "½", "㈱", "ﬁ", "İ"]),
    st.text(max_size=3),
)
texts = st.lists(pieces, max_size=12).map("".join)


@given(texts)
def test_every_hit_stands_where_it_says(text):
    last = 0
    for hit in seen(text, LEXICON):
        assert plain(text[hit.start : hit.end]) == plain(hit.words)
        assert last <= hit.start < hit.end
        last = hit.end


@given(texts, st.sampled_from(NEGATORS))
def test_a_negator_before_a_hit_takes_it_away(text, negator):
    for hit in hits(text, LEXICON):
        denied = text[: hit.start] + negator + text[hit.start :]
        moved = hit.start + len(negator)
        assert moved not in {h.start for h in hits(denied, LEXICON)}


@given(texts, st.sampled_from(PHRASES), st.text(" \n\u3000\t", min_size=1, max_size=2))
def test_spaces_within_a_phrase_change_nothing(text, words, gap):
    split = gap.join(words)
    assert plain(split) == plain(words)
    before = f"{text}。{words}"
    if "\n\n" not in gap:
        counted = [(h.words, h.aside) for h in seen(before, LEXICON)]
        assert [(h.words, h.aside) for h in seen(f"{text}。{split}", LEXICON)] == counted


def test_a_text_of_small_words_does_not_cost_more_than_its_length():
    begin = time.perf_counter()
    seen("任何形式的" * 4000 + "保底" * 500, LEXICON)
    assert time.perf_counter() - begin < 5
