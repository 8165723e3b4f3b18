from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from console.ui.compose.form import SegmentArea
from console.ui.compose.preview_lines import PreviewLines
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.backend import Backend
    from console.domain.messages import Draft
    from console.domain.plan import SegmentPlan


SIZE = (80, 24)


async def write(operator: Operator, folder: Path, rows: list[str], text: str, heading: str = "number,name") -> None:
    (folder / "l.csv").write_text("\n".join([heading, *rows]), encoding="utf-8")
    await operator.press("n")
    await operator.pastes(f"@{folder}/l.csv")
    await operator.sees("l.csv: ")
    await operator.press("enter")
    operator.app.screen.query_one(SegmentArea).text = text


async def test_the_first_text_is_shown_and_the_range_over_all(operator: Operator, tmp_path: Path) -> None:
    await write(operator, tmp_path, ["10086,Anna", f"10010,{'B' * 200}"], "Dear {name}, hello")
    await operator.sees("GSM-7 · 1-2 segments x 2 recipients = 3", "to 10086: Dear Anna, hello")


async def test_many_texts_of_their_own_are_measured_aside(operator: Operator, tmp_path: Path) -> None:
    rows = [f"{1000 + number},{'x' * number}y" for number in range(300)]
    await write(operator, tmp_path, rows, "Dear {name}")
    await operator.sees("1-3 segments x 300 recipients = 446")


async def test_a_first_text_of_several_segments_is_listed_in_them(operator: Operator, tmp_path: Path) -> None:
    await write(operator, tmp_path, [f"10086,{'A' * 200}"], "Dear {name}")
    await operator.sees("to 10086", "1 ▏152 Dear AAA", "2 ▏ 53 AAA")


async def test_what_one_recipient_lacks_is_told_before_anything_is_sent(operator: Operator, tmp_path: Path) -> None:
    rows = [*(f"{1000 + number},x" for number in range(250)), "10010,"]
    await write(operator, tmp_path, rows, "Dear {name}")
    await operator.sees("✗ The field {name} is blank for 10010.")


async def test_a_field_that_nobody_fills_is_remarked_where_the_file_has_numbers_only(
    operator: Operator, tmp_path: Path
) -> None:
    await write(operator, tmp_path, ["10086"], "Dear {name}", heading="number")
    await operator.sees("{name} will be sent as it is: no value is known for it.")


async def test_a_field_is_remarked_where_numbers_were_typed(operator: Operator) -> None:
    await operator.press("n")
    area = operator.app.screen.query_one(SegmentArea)
    area.text = "Dear {name}"
    await operator.sees("GSM-7 · 1 segment")
    assert "as it is" not in operator.screen
    await operator.types("10086")
    await operator.sees("{name} will be sent as it is: no value is known for it.")


async def test_of_texts_that_change_while_they_are_measured_the_last_is_told(
    operator: Operator, tmp_path: Path
) -> None:
    rows = [f"{1000 + number},x" for number in range(300)]
    await write(operator, tmp_path, rows, "Dear {name}")
    for text in ("{name}" + "a" * 200, "{name}" + "b" * 400, "{name} " + "c" * 150):
        operator.app.screen.query_one(SegmentArea).text = text
    await operator.sees("1 segment x 300 recipients = 300 · 8 left")
    operator.app.screen.query_one(SegmentArea).text = "{name}" + "d" * 400
    await operator.sees("3 segments x 300 recipients = 900")


async def test_the_tables_for_emoji_are_loaded_with_the_first_of_them_and_not_before(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        planned: list[str] = []
        preview = operator.app.screen.query_one(PreviewLines)
        plan = preview._backend.plan

        def seen(draft: Draft) -> SegmentPlan:
            planned.append(draft.text)
            return plan(draft)

        preview._backend = cast("Backend", SimpleNamespace(plan=seen))
        await operator.press("n")
        area = operator.app.screen.query_one(SegmentArea)
        area.text = "你好" * 40
        await operator.sees("· 2 segments · 54 left")
        assert not any("👍" in text for text in planned)
        area.text = "👍🏽"
        await operator.until(lambda: any(text.startswith("👍🏽" * 40) for text in planned))
        area.text = "👍🏽👍🏽"
        await operator.sees("· 1 segment ·", "👍🏽👍🏽")
        assert sum(text.startswith("👍🏽" * 40) for text in planned) == 1
