"""No question is answered with yes by Enter, and none is asked past the table of questions."""

from __future__ import annotations

import ast
from pathlib import Path

from textual.app import App

import console.ui
from console.ui.keys.keymap import Keymap
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.kit.questions import Question
from tests.support.settling import press, settled

HERE = Path(console.ui.__path__[0])


class Asking(App[None]):
    keys = Keymap({})


async def test_enter_is_no_whatever_is_asked_and_only_y_is_yes() -> None:
    app, answers = Asking(), list[bool | None]()
    async with app.run_test():
        for question in Question:
            # Only its words are a question's own: the other two keys are looked at once.
            keys = ("enter", "y", "escape", "n") if question is next(iter(Question)) else ("enter", "y")
            for key in keys:
                app.push_screen(ConfirmScreen(question, "Really?"), answers.append)
                await settled(app)
                assert app.focused is not None
                assert app.focused.id == "no", question
                await press(app, key)
            assert answers == [False, True, False, False][: len(keys)], question
            answers.clear()


def test_each_question_of_the_table_is_asked_somewhere_and_no_other() -> None:
    questions = set()
    for path in HERE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Question":
                questions.add(node.attr)
    assert questions == {question.name for question in Question}
