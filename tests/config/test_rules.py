"""`[[rules]]` and `[screen]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.config import RuleConfig, RulesConfig, ScreenConfig, Secret, load
from console.config.reload import InForce, changes
from console.config.rule_records import RateLimit
from console.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from console.config import Config

GATEWAY = '[[gateways]]\nname = "gw1"\nhost = "192.0.2.10"\n'
RULE = '[[rules]]\nname = "a"\n'


def loaded(folder: Path, text: str) -> Config:
    path = folder / "config.toml"
    path.write_text(GATEWAY + text)
    path.chmod(0o600)
    return load(path, {"HOOK": "https://192.0.2.1/x", "URLS": "tgram://a mailto://b"})


def test_none_is_the_default(tmp_path: Path) -> None:
    config = loaded(tmp_path, "")
    assert config.rules == RulesConfig()
    assert config.screen == ScreenConfig("off")


def test_everything(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        """
[screen]
notify = "osc9"
[[rules]]
name = "all"
when = "-test port:3"
run = ["/bin/x", "--", "{text}"]
webhook_env = "HOOK"
webhook_secret = "sesame"
notify_env = "URLS"
mark = "done"
colour = "warning"
bell = true
terminal = true
answer = "we are closed"
may_answer = true
answer_limit = "1 in 5 minutes"
timeout = 3
attempts = 2
[[rules]]
name = "sim"
on = "sim"
run = "x"
""",
    )
    first = RuleConfig(
        name="all",
        when="-test port:3",
        run=("/bin/x", "--", "{text}"),
        webhook=Secret("https://192.0.2.1/x"),
        webhook_secret=Secret("sesame"),
        notify=(Secret("tgram://a"), Secret("mailto://b")),
        mark="done",
        colour="warning",
        bell=True,
        terminal=True,
        answer="we are closed",
        may_answer=True,
        answer_limit=RateLimit(1, 5),
        timeout=3.0,
        attempts=2,
    )
    assert config.rules.all == (first, RuleConfig("sim", "sim", run=("x",)))
    assert config.screen.notify == "osc9"
    assert not any(word in repr(config) for word in ("sesame", "tgram", "192.0.2.1/x", "/bin/x"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RULE + RULE, 'rules[2].name is "a"; expected a unique name'),
        ('[[rules]]\nname = "-a"', "1 to 32 of A-Z a-z 0-9"),
        (RULE + 'on = "mms"', '"sms" or "result" or "alarm" or "sim"'),
        (RULE + 'run = ["x", "to={number}"]', 'values as whole arguments, such as "{text}"'),
        (RULE + 'run = ["{text}"]', 'values as whole arguments, such as "{text}"'),
        (RULE + 'run = ["x", "{state}"]', "one of rule, about, id, at, gateway, port, number, text, missing in braces"),
        (RULE + 'webhook = "ftp://x"', "rules[1].webhook is no URL"),
        (RULE + 'webhook = "http://user:sesame@x/"', "rules[1].webhook is no URL"),
        (RULE + 'webhook_secret = "sesame"', "a webhook that it signs"),
        (RULE + 'webhook = "http://x"\nwebhook_env = "HOOK"', "expected exactly one of webhook, webhook_env"),
        (RULE + 'answer = "x"', "may_answer = true beside it"),
        (RULE + 'answer_limit = "often"', 'such as "5 in 10 minutes"'),
        (RULE + 'answer_limit = "0 in 10 minutes"', 'such as "5 in 10 minutes"'),
        (RULE + 'on = "alarm"\ncolour = "bad"', 'this rule is on = "alarm"'),
        (RULE + 'color = "bad"', "Did you mean colour?"),
        ('[screen]\nnotify = "osc8"', '"off" or "osc9" or "osc777" or "osc99"'),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, text)
    assert words in refused.value.in_full
    assert "sesame" not in refused.value.in_full


def test_a_reload_takes_rules_at_once(tmp_path: Path) -> None:
    in_force = InForce(loaded(tmp_path, ""))
    live = in_force.live
    found = changes(in_force.now, loaded(tmp_path, f"{RULE}bell = true\n[screen]\nnotify = 'osc99'"))
    assert found.at_once == ("rules", "screen.notify")
    in_force.now = found.config
    assert [rule.name for rule in live.rules.all] == ["a"]
    assert live.screen.notify == "osc99"
