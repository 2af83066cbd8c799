"""`jiesu load`: units and people from a file, whose errors name line and field."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.vocabulary import Recipient
from models.directory import addressees, phone_of, territorial_unit, unit_given
from ops.database import create_engine
from ops.directory_file import read_directory
from ops.errors import OperationFailed
from ops.keyring import ring_from_file

ROOT = Path(__file__).parents[2]
DEMONSTRATION = ROOT / "ops" / "demo" / "county.yaml"

Load = Callable[[Path], subprocess.CompletedProcess[str]]


@pytest.fixture
async def engine(own_postgres_url: str) -> AsyncIterator[AsyncEngine]:
    made = create_engine(own_postgres_url)
    yield made
    await made.dispose()


@pytest.fixture
def load(own_postgres_url: str, tmp_path: Path) -> Load:
    def run(file: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ops.cli", "load", str(file)],
            cwd=ROOT,
            env={"JIESU_DATABASE_URL": own_postgres_url, "JIESU_DATA_DIR": str(tmp_path), "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def written(folder: Path, units: str) -> Path:
    file = folder / "directory.yaml"
    file.write_text("units:\n" + units, encoding="utf-8")
    return file


@pytest.mark.rule("JC-7.0")
async def test_the_demonstration_county_loads_once(engine: AsyncEngine, load: Load, tmp_path: Path) -> None:
    first, second = load(DEMONSTRATION), load(DEMONSTRATION)
    assert (first.returncode, first.stderr) == (0, "")
    assert " 0 of them new or changed; " in second.stdout
    assert second.stdout.endswith(" 0 of them new or changed.\n")
    required = {"unit_leader": 1, "handler": 2}
    async with engine.connect() as conn:
        given = await unit_given(conn, ["水务局", "气象局", "自来水公司", "水政监察大队", "月亮局"], required)
        assert (given["水务局"].lacking, given["水务局"].kind) == ([], "department")
        assert given["气象局"].lacking == ["handler"]
        assert given["自来水公司"].supervised_by == "水务局"
        assert given["水政监察大队"].subordinate_to == "水务局"
        assert not given["月亮局"].exists
        assert await territorial_unit(conn, "东关村") == "城关镇"
        assert await territorial_unit(conn, "月亮村") is None
        [handler] = await addressees(conn, "T1", [Recipient.HANDLER], "水务局")
        assert handler.recipient == "shuiwu-a"
        ring = ring_from_file(tmp_path / "keys.json")
        assert (await phone_of(conn, ring, "shuiwu-a") or "").startswith("+86100")


async def test_no_name_or_number_is_readable_in_the_database(engine: AsyncEngine, load: Load) -> None:
    load(DEMONSTRATION)
    async with engine.connect() as conn:
        rows = "\n".join(await conn.scalars(text("SELECT p::text FROM person p")))
    for planted in ("示例员", "示例员".encode().hex(), "10000000", b"10000000".hex()):
        assert planted not in rows


async def test_a_changed_file_changes_what_it_names_and_nothing_else(
    engine: AsyncEngine, load: Load, tmp_path: Path
) -> None:
    load(
        written(
            tmp_path,
            "  - {name: 公司, kind: enterprise, supervised_by: 甲局}\n"
            "  - name: 甲局\n    kind: department\n"
            "    people: [{id: jia-a, name: 甲, roles: [handler], post: A, phone: '10000000001'}]\n",
        )
    )
    changed = load(
        written(
            tmp_path,
            "  - name: 甲局\n    kind: department\n    active: false\n"
            "    people:\n      - {id: jia-a, name: 甲, roles: [handler], post: A, phone: '10000000002',"
            " absent: true}\n",
        )
    )
    assert changed.stdout == "1 units, 1 of them new or changed; 1 people, 1 of them new or changed.\n"
    async with engine.connect() as conn:
        rows = await conn.execute(text("SELECT name, active FROM unit ORDER BY name"))
        assert [tuple(row) for row in rows] == [("公司", True), ("甲局", False)]
        assert await conn.scalar(text("SELECT absent FROM person WHERE id = 'jia-a'"))
        assert await phone_of(conn, ring_from_file(tmp_path / "keys.json"), "jia-a") == "+8610000000002"
        assert not (await unit_given(conn, ["甲局"], {}))["甲局"].exists


UNIT = "  - name: 甲局\n    kind: department\n"


@pytest.mark.parametrize(
    ("units", "complaint"),
    [
        ("  - {name: 甲局, kind: ministry}\n", "第2行 units.0.kind：取值不在规定的范围内"),
        ("  - {name: 甲局, kind: party, boss: x}\n", "第2行 units.0.boss：没有这个字段"),
        ("  - {kind: party}\n", "第2行 units.0.name：缺少这个字段"),
        ("  - {name: ' 甲局', kind: party}\n", "第2行 units.0.name：不能有换行、控制字符或首尾空格"),
        (UNIT + UNIT, "第4行 units.1.name：单位“甲局”写了两次"),
        (UNIT + "    supervised_by: 乙局\n", "第4行 units.0.supervised_by：文件里没有这个主管部门“乙局”"),
        (
            UNIT + "    people:\n      - {id: a1, name: 甲, roles: [handler], phone: 10000000001}\n",
            "第5行 units.0.people.0.phone：号码要加引号",
        ),
        (
            UNIT + "    people:\n      - {id: a1, name: 甲, roles: [handler], phone: '12'}\n",
            "第5行 units.0.people.0.phone：不是电话号码",
        ),
        (
            UNIT + "    people:\n      - {id: 王伟, name: 甲, roles: [handler]}\n",
            "第5行 units.0.people.0.id：写法不合规定",
        ),
        (
            UNIT + "    people:\n      - {id: a1, name: 甲, roles: [king]}\n",
            "第5行 units.0.people.0.roles.0：取值不在规定的范围内",
        ),
        (
            UNIT + "    people:\n" + "      - {id: a1, name: 甲, roles: [handler], post: A}\n" * 2,
            "第6行 units.0.people.1.id：人员编号 a1 写了两次",
        ),
        (
            UNIT
            + "    people:\n      - {id: a1, name: 甲, roles: [handler], post: A}\n"
            + "      - {id: a2, name: 乙, roles: [handler], post: A}\n",
            "第6行 units.0.people.1.post：甲局的A岗写了两人",
        ),
        ("  - {name: 2026-99-99, kind: ministry}\n", "第2行 units.0.kind：取值不在规定的范围内"),
        ("  - {name: !!int 甲, kind: party}\n", "第2行：不是合格的 YAML（读不出这个值）"),
        ("  - [\n", "不是合格的 YAML"),
        ("  []\n", "第1行 units："),
    ],
)
def test_an_error_names_line_and_field(tmp_path: Path, units: str, complaint: str) -> None:
    with pytest.raises(OperationFailed) as refused:
        read_directory(written(tmp_path, units))
    assert complaint in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"- 1", b"\xff\xfe"])
def test_a_file_that_is_no_directory_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "directory.yaml"
    file.write_bytes(content)
    with pytest.raises(OperationFailed, match=r"directory\.yaml"):
        read_directory(file)


def test_a_missing_file_is_one_line_and_exit_code_2(load: Load, tmp_path: Path) -> None:
    refused = load(tmp_path / "none.yaml")
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "none.yaml" in refused.stderr


def test_a_fault_at_the_end_leaves_nothing_of_the_beginning(
    engine: AsyncEngine, load: Load, tmp_path: Path
) -> None:
    refused = load(written(tmp_path, UNIT + "  - {name: 乙局, kind: ministry}\n"))
    assert refused.returncode == 2
    again = load(written(tmp_path, UNIT))
    assert again.stdout.startswith("1 units, 1 of them new")
