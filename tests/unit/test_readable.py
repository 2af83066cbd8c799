"""A scenario's timeline as an office reads it."""

import re
from pathlib import Path

import pytest

from domain.facts import FACTS
from ops.scenarios import core_engine
from ops.scenarios.readable import Teller, timeline
from ops.scenarios.scenario import parse, read

SCENARIOS = sorted((Path(__file__).parents[1] / "scenarios").glob("*/*.yaml"))

LIFE = """
name: 到期后才批准延期
policy: jingchuan
ticket: {type: complaint, urgency: urgent, source: city_platform, received_at: 2026-12-30T08:00}
steps:
  - {at: 2026-12-30T09:00, do: dispatch, lead: 水务局, assist: [城关镇]}
  - {at: "2026-12-30T09:10:30", do: sign, unit: 水务局}
  - {at: 2027-01-06T10:00, do: request_extension, unit: 水务局, working_days: 3,
     reason: 改造, citizen_informed: true}
  - {at: 2027-01-08T09:00, do: decide_extension, approve: true}
  - {at: 2027-01-08T09:30, do: sign, unit: 水务局}
"""

TOLD = """\
到期后才批准延期（《泾川县12345政务服务便民热线运行管理办法（试行）》）
2026-12-30 周三
  08:00    登记工单S-1（投诉，市12345平台，紧急）
  08:00    工单转为“待派单”（接单）
  09:00    县热线办：派单，主办水务局，协办城关镇
  09:00    派给水务局（主办）
  09:00    派给城关镇（协办）
  09:00    工单转为“待签收”（转办）
  09:00    水务局签收时限起算，12-30 12:00到期　[JC-11.1a]
  09:00    城关镇签收时限起算，12-30 12:00到期　[JC-11.1a]
  09:00    水务局办理时限起算，2027-01-07 18:00到期（暂定）　[JC-11.1.1b]
  09:00    水务局退单期限起算，12-31 18:00截止　[JC-11.2a]
  09:00    水务局延期申请期限起算，2027-01-06 18:00截止（暂定）　[JC-11.1.4a]
  09:00    城关镇协办时限起算，2027-01-06 18:00到期（暂定）　[JC-10.2.2]
  09:00    城关镇退单期限起算，12-31 18:00截止　[JC-11.2a]
  09:10:30 水务局：签收
  09:10:30 水务局：办理中
  09:10:30 水务局签收时限内完成（12-30 12:00到期）
  09:10:30 工单转为“办理中”（办理）
  11:00    预警：城关镇签收时限，短信通知经办人　[JC-12.1a]
  12:00    逾期：城关镇签收时限届满，短信通知承办单位分管领导、县热线办　[JC-12.1a]
  12:00    红牌：城关镇签收时限，短信通知经办人、承办单位分管领导、县热线办　[JC-12.1a]
2026-12-31 周四
  18:00    水务局退单期限终止：期限已过
  18:00    城关镇退单期限终止：期限已过
2027-01-06 周三
  10:00    水务局：申请延期，3个工作日
  10:00    水务局等待延期的决定　[JC-11.1.4a]
  10:00    水务局已向诉求人说明延期　[JC-11.1.4b]
  18:00    预警：水务局办理时限，短信通知经办人　[JC-12.1a]
  18:00    水务局延期申请期限终止：期限已过
  18:00    逾期：城关镇协办时限届满　[JC-10.2.2]
  18:00    黄牌：城关镇协办时限，短信通知经办人、承办单位分管领导　[JC-12.1a]
2027-01-07 周四
  18:00    逾期：水务局办理时限届满，短信通知承办单位分管领导、县热线办　[JC-12.1b、JC-12.2b]
  18:00    水务局说明时限起算，01-08 18:00到期（暂定）（办法没有规定，按约定的时限）　[JC-12.1b]
  18:00    启动督办S-1-D1（内部督办）：水务局，原因：逾期　[JC-12.1b、JC-12.2b]
  18:00    红牌：水务局办理时限，短信通知经办人、承办单位分管领导、县热线办　[JC-12.1a]
  18:00    督办S-1-D1开始（水务局）　[JC-12.1b、JC-12.2b]
2027-01-08 周五
  09:00    县热线办：审核延期（水务局），同意，3个工作日
  09:00    水务局不再等待延期的决定　[JC-11.1.4a]
  09:00    水务局办理时限逾期撤销（原定01-07 18:00到期）
  09:00    水务局说明时限终止：已撤销
  09:00    撤销督办S-1-D1（水务局）
"""


def test_a_life_is_told_day_by_day_with_its_articles() -> None:
    scenario = parse(LIFE, "life.yaml")
    told = "\n".join(timeline(scenario, core_engine.run(scenario)))
    assert told.startswith(TOLD)
    assert "  09:00    水务局办理时限由01-07 18:00改为01-12 18:00（暂定）（批准延期，增加3个工作日）" in told
    assert "  09:30    未予办理：签收。水务局的办理状态为“办理中”，不能办理此项操作。　[JC-8]" in told


def test_there_is_a_sentence_for_every_fact() -> None:
    assert Teller(parse(LIFE, "life.yaml")).known == {*FACTS, "refused"}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_scenario_can_be_told_in_chinese(path: Path) -> None:
    scenario = read(path)
    for sentence in timeline(scenario, core_engine.run(scenario)):
        assert not re.search(r"[a-z]{2,}_|_[a-z]{2,}|None|True|False", sentence), sentence
