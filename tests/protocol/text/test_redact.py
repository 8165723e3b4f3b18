"""Secrets out of log lines."""

from __future__ import annotations

import pytest

from console.protocol.text.redact import redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Action: Login\nSecret: a b:c\nEvents: on", "Action: Login\nSecret: ***\nEvents: on"),
        ("Key: 54093f54\nUsername: admin", "Key: ***\nUsername: admin"),
        ("action:login\nsecret:hush", "action:login\nsecret:***"),
        ("/sendsms?username=u&password=p%26q&port=1", "/sendsms?username=u&password=***&port=1"),
        ("http://user:pass@host/x", "http://user:***@host/x"),
        ("wget http://h:8080/sms/gw1/a-token-of-some-length?num=1", "wget http://h:8080/sms/gw1/***?num=1"),
        ("http://h:8080/sms/gw1?num=1&token=abc&", "http://h:8080/sms/gw1?num=1&token=***&"),
        ("http://h:8080/sms/gw1/short?num=1", "http://h:8080/sms/gw1/short?num=1"),
        ('Command: gsm send at 1 "AT+CPIN=\\"1234\\""', 'Command: gsm send at 1 "AT+CPIN=***'),
        ("Command: gsm show spans", "Command: gsm show spans"),
        ("Status: Power on, Provisioned, Pin (1234) Error, Up", "Status: Power on, Provisioned, Pin (***) Error, Up"),
        ("Status: Puk (12345678) Error", "Status: Puk (***) Error"),
        ("Last send AT: AT+CPIN2=1234", "Last send AT: AT+CPIN2=***"),
        ('AT+CPIN = "1234"', "AT+CPIN =***"),
        ('AT^CPIN="12345678","1234"', "AT^CPIN=***"),
        ('AT^CARDLOCK="1234567890"', "AT^CARDLOCK=***"),
        ("ATD**04*1234*4321*4321#;", "ATD**04****#;"),
        ("ATD*031#;", "ATD*031#;"),
        (
            'Command: gsm send sync sms 2 10086 "my key: none" 30',
            'Command: gsm send sync sms 2 10086 "my key: none" 30',
        ),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text) == shown
