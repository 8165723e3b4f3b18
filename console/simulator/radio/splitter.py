"""How the gateway itself cuts a long text sent by HTTP.

Not the standard's way: its own, one for each generation.
"""

from __future__ import annotations

MAX_PARTS_2019 = 20
MAX_PARTS_2014 = 16

_CHINA_TELECOM = ("CHINA TELECOM", "CHN-CT")


def escape(text: str) -> str:
    """The text as the 2019 CGI queues it: ready to stand between quotes on Asterisk's command line."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def split_2019(escaped: str, operator: str = "") -> list[str]:
    """Cut an already escaped text for one `sms` or several `csms`, at most 20.

    ASCII: 160 in one, else 140 each. Anything else: 67 characters, in one part too (the code counts 3 bytes a
    character up to 200). On China Telecom 70, else 67, for every text. A cut may fall behind a backslash: the
    command of that part is then broken, as on the real box.
    """
    if operator.upper() in _CHINA_TELECOM:
        single, part = 70, 67
    elif escaped.isascii():
        single, part = 160, 140
    else:
        single, part = 67, 67
    return _cut(escaped, single, part, MAX_PARTS_2019)


def split_2014(text: str) -> list[str]:
    """Cut for the old CGI: up to 160 bytes go in one whatever the alphabet; else 152 ASCII or 67 others, at
    most 16.
    """
    if len(text.encode(errors="surrogateescape")) <= 160:
        return [text]
    return _cut(text, 0, 152 if text.isascii() else 67, MAX_PARTS_2014)


def _cut(text: str, single: int, part: int, most: int) -> list[str]:
    if len(text) <= single:
        return [text]
    return [text[at : at + part] for at in range(0, len(text), part)][:most]
