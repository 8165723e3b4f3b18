"""The code in a message: the few digits that somebody waits for, told from amounts, dates, card and phone numbers."""

from __future__ import annotations

import re
import unicodedata

_ANYWHERE = (
    *("验证码", "驗證碼", "校验码", "动态码", "动态密码", "动态口令", "确认码", "認證碼", "认证码", "激活码", "随机码"),
    *("口令", "密码", "密碼", "コード", "暗証番号", "認証番号", "ワンタイム", "パスワード"),
    *("인증번호", "인증코드", "확인코드", "코드", "비밀번호", "รหัส"),
)
"""Words of scripts that put no blanks between words."""

_COMPOUND = (
    *("code", "codes", "kode", "kod", "kód", "kodo", "koodi", "kood", "código", "codigo", "codice", "cod", "κωδικ"),
    *("passwort", "kennwort", "tunnusluku", "passcode", "password", "parola", "şifre", "şifrə", "hasło", "heslo"),
    *("код", "парол", "კოდი", "კოდ", "პაროლი", "կոդ", "رمز", "كود", "کد", "קוד", "סיסמ", "कोड", "ओटीपी"),
)
"""Words that may have letters before them (`Sicherheitscode`, `الرمز`) and a short ending (`кода`, `kodunuz`)."""

_ALONE = ("otp", "pin", "tan", "mtan", "2fa", "mã", "senha", "clave", "contraseña", "verification", "authentication")
"""Words that stand alone."""

_WORD = re.compile(
    rf"{'|'.join(_ANYWHERE)}"
    rf"|(?<!post)(?<!zip )(?<!post )(?<!postal )(?<!area )(?<!country )(?:{'|'.join(_COMPOUND)})\w{{0,5}}(?!\w)"
    rf"|(?<!\w)(?:{'|'.join(_ALONE)})(?!\w)",
    re.IGNORECASE,
)

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)

_CANDIDATE = re.compile(
    r"(?<![A-Za-z_\d+*.,/=&%])(?<!\d[-./:])(?<!\d )"
    r"(?P<prefix>[A-Z]{1,4}-)?"
    r"(?P<digits>\d{3}[- ]\d{3,4}|\d{4}[- ]\d{4}|\d{4,8})"
    r"(?!\d|[-./:]\d|,\d\d(?![\d分])| \d{2,}|-\w|[A-Za-z%])"
)
_AT_HOST = re.compile(r"@[\w.-]+\s+#([A-Za-z0-9]{4,10})\s*$")
"""How a site names its own code for a browser to fill in."""

_LETTERS = re.compile(r"\s*(?:is|es|ist|est|:|：|-|–)?\s*(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])([A-Z0-9]{4,10})(?!\w)")
"""A code with letters, right behind the word for it."""

_NOT_BEFORE = re.compile(
    r"(?:[$€£¥₽₾₹₺]|\b(?:rs|inr|usd|eur|gel|aed|sar|cny|rub)\.?|尾号|尾號|订单号?|订单|余额|账户|支出|"
    r"\b(?:card|ending|ending in|acc(?:oun)?t|a/c|order|parcel|ref|invoice|flight|room|tel|phone|call|dial|text|"
    r"balance|to|since|year|карт\w*|сч[её]т\w*|заказ\w*|тел|баланс)"
    r"(?: (?:no|nr|number|in|is|with|us))?)[\s.:#№*]*$",
    re.IGNORECASE,
)
_NOT_BEHIND = re.compile(
    r"\s?(?:元|円|원|р\.|руб|[$€£¥₽₾₹₺]|ლარი|分钟|"
    r"(?:eur|usd|gel|aed|sar|rub|try|gb|mb|kb|min|mins|minutes|hours|days|points|kg|km|мин|бал)\b)",
    re.IGNORECASE,
)

_FAR = 100
"""Characters from the word beyond which distance counts no more."""


def find_code(text: str) -> str | None:
    """The likeliest code in a message, `4711` or `123456`, without what only divides it; None where none is likely.

    Digits of any script come out as ASCII. A code stands near a word for one, or is the whole message.
    """
    if at_host := _AT_HOST.search(text):
        return at_host[1]
    plain = _URL.sub(lambda url: " " * len(url[0]), text)
    if (alone := _CANDIDATE.fullmatch(plain.strip())) is not None:
        return _digits(alone)
    words = [match.span() for match in _WORD.finditer(plain)]
    if not words:
        return None
    likely = [(_score(match, plain, words), -match.start(), _digits(match)) for match in _CANDIDATE.finditer(plain)]
    best = max((each for each in likely if each[0] > 0), default=None)
    return best[2] if best is not None else _with_letters(plain, words)


def _score(match: re.Match[str], text: str, words: list[tuple[int, int]]) -> int:
    """More is likelier; not above zero: it is none."""
    begin, end = match.span("digits")
    if _NOT_BEFORE.search(text[max(0, begin - 24) : begin]) or _NOT_BEHIND.match(text, end):
        return 0
    distance = min(begin - last if last <= begin else first - end + 3 for first, last in words)
    score = 2 * _FAR - min(_FAR, max(0, distance))
    digits = _digits(match)
    if match["prefix"]:
        score += 30
    if len(digits) == 6:
        score += 5
    if re.fullmatch(r"(?:19|20)\d\d(?:[01]\d[0-3]\d)?", digits):
        score -= _FAR // 2  # a year or a date, perhaps
    return score


def _digits(match: re.Match[str]) -> str:
    return "".join(str(unicodedata.decimal(char)) for char in match["digits"] if char.isdecimal())


def _with_letters(text: str, words: list[tuple[int, int]]) -> str | None:
    for _, last in words:
        if found := _LETTERS.match(text, last):
            return found[1]
    return None
