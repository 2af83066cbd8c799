"""What counts as a mark of state secrets in each shipped policy, and what does not."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.policy import SecrecyTerms, SecretMarks
from domain.secrecy import mark_that_stops
from policies.loading import shipped_policies, shipped_policy

MARKED = [
    "绝密",
    "此件定为绝密，不得外传",
    "标有“机密★20年”的材料",
    "国家秘密载体在旧货市场出售",
    "单位让我把涉密文件拍照发微信",
    "（绝　密）",
    "机\u200b密",
    "绝\n密",
    "此件為機密",
    "我发现了机密文件",
    "此件机密切勿外传",
    "封面写着绝密切勿拍照",
    "绝密封存档案",
]
EVERYDAY = [
    "手机密码忘记了，无法登录办事平台",
    "多次申请均被拒绝密封签字",
    "无人机密集飞行，噪声扰民",
    "计算机密码锁坏了",
    "发动机密封存在渗漏",
    "飞机密切勿近",
    "景区人流络绎不绝密度太大",
    "银行泄露我的个人机密信息",
    "该企业泄露商业秘密和客户资料",
    "起早路过才发现了机密，原来有人往排水管倒垃圾",
    "公务员法规定不得泄露国家秘密或者工作秘密",
    "他们秘密把狗卖到饭店",
    "希望对我的身份保密",
    "银行一口拒绝。密码至今未改",
    "自来水连续三天浑浊",
    "",
]


def looked_for(policy: str) -> SecretMarks:
    """The marks of a shipped policy."""
    terms = shipped_policy(policy).secrecy
    assert terms is not None
    return terms.looked_for


@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("words", MARKED)
def test_a_mark_stops_however_it_is_spaced_or_written(policy: str, words: str) -> None:
    assert mark_that_stops(looked_for(policy), ["井盖破损", words]) is not None


@pytest.mark.parametrize("policy", shipped_policies())
@pytest.mark.parametrize("words", EVERYDAY)
def test_what_people_say_every_day_stops_nobody(policy: str, words: str) -> None:
    assert mark_that_stops(looked_for(policy), [words]) is None


def test_an_everyday_word_hides_no_mark_beside_it() -> None:
    marks = SecretMarks(stop=("机密",), everyday=("手机密",))
    assert mark_that_stops(marks, ["手机密码见机密附件"]) == "机密"
    # Nothing grows together where an everyday word was.
    assert mark_that_stops(marks, ["机手机密密"]) is None


def test_of_a_mark_and_an_everyday_word_that_begin_together_the_longer_one_counts() -> None:
    marks = SecretMarks(stop=("机密", "机密切勿"), everyday=("机密切",))
    assert mark_that_stops(marks, ["时机密切相关"]) is None
    assert mark_that_stops(marks, ["机密切勿外传"]) == "机密切勿"


def test_every_shipped_policy_looks_for_the_same() -> None:
    """One law is behind all of them: a correction to one that the others lack is forgotten there."""
    assert len({looked_for(policy) for policy in shipped_policies()}) == 1


def test_words_that_only_ask_for_care_are_none_that_stop() -> None:
    for policy in shipped_policies():
        marks = looked_for(policy)
        assert marks.warn
        assert not set(marks.warn) & set(marks.stop)
        assert all(mark_that_stops(marks, [word]) is None for word in marks.warn)


def test_a_policy_says_on_which_article_it_stops_or_that_its_regulation_is_silent() -> None:
    bases = {one: terms.basis for one in shipped_policies() if (terms := shipped_policy(one).secrecy)}
    assert bases == {
        "jingchuan": ("JC-5.1",),
        "heyuan": ("HY-6.6",),
        "henan": (),
        "laishan": (),
        "taian": (),
    }
    for policy in ("henan", "laishan", "taian"):
        terms = shipped_policy(policy).secrecy
        assert terms is not None
        assert terms.unspecified is not None
        assert "保守国家秘密法" in terms.unspecified.why


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"basis": ["XX-1"]}, "须写且只能写一项"),
        ({"marks": {"stop": ["绝密"]}}, "basis"),
        ({"unspecified": {"used": {"stop": ["绝密"]}, "why": "没有写"}, "basis": ["XX-1"]}, "basis"),
        ({"marks": {"stop": []}, "basis": ["XX-1"]}, "at least 1"),
        ({"marks": {"stop": ["密"]}, "basis": ["XX-1"]}, "at least 2"),
    ],
)
def test_what_a_policy_cannot_mean_is_refused(said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        SecrecyTerms.model_validate({"route": "请当面反映。", **said})
