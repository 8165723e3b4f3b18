from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.sms.codes import find_code
from console.simulator.radio.texts import pick

CODES = {
    "Your code is 4711": "4711",
    "123456 is your login code for ExamplePay. It expires in 10 minutes.": "123456",
    "G-123456 is your Google verification code.": "123456",
    "Your WhatsApp code: 123-456. Don't share this code with others": "123456",
    "Your Signal code: 123 456": "123456",
    "Код подтверждения: 84213. Никому его не сообщайте.": "84213",
    "Парол подтверждения: 84213. Никому его не сообщайте.": "84213",
    "Ваш одноразовый пароль 908172 действует 5 мин": "908172",
    "თქვენი კოდია 5521": "5521",
    "თქვენი ერთჯერადი კოდი: 552133": "552133",
    "【支付宝】验证码:482913,请勿泄露。": "482913",
    "您的验证码是482913,5分钟内有效": "482913",
    "您尾号8821的账户登录,动态密码 903311": "903311",
    "رمز التحقق الخاص بك هو 4821": "4821",
    "رمز التحقق: ٤٨٢١": "4821",
    "کد تایید شما: ۱۲۳۴۵": "12345",
    "קוד האימות שלך הוא 771203": "771203",
    "आपका ओटीपी 771203 है": "771203",
    "認証コード: 771203": "771203",
    "인증번호는 [771203] 입니다.": "771203",
    "รหัส OTP ของคุณคือ 771203": "771203",
    "Ihr Sicherheitscode lautet 77 12? Nein: 771203": "771203",
    "mTAN 771203 fuer Ueberweisung 250,00 EUR an DE89 3704": "771203",
    "Votre code de vérification est 771203.": "771203",
    "Tu código es 771203. Válido 10 min.": "771203",
    "Doğrulama kodunuz: 771203": "771203",
    "Mã OTP của bạn là 771203": "771203",
    "Card *8821: confirm payment of 1500 EUR at SHOP with code 903311": "903311",
    "Code 903311, order 55812345, since 2024": "903311",
    "2026-11-22 14:31 your PIN is 8821": "8821",
    "Your code is 2024": "2024",
    "Use 903311 to sign in. Security code for https://bank.example/c/555555": "903311",
    "Sign in.\n@bank.example #903311": "903311",
    "Your access code is AB12CD": "AB12CD",
    "4711": "4711",
    " 123-456 ": "123456",
}

NO_CODES = (
    "",
    "On my way, 10 min",
    "Can you call me back on +447700900123?",
    "Your parcel 903311 arrives today between 10:00 and 14:00.",
    "Card *8821: purchase 250.17 EUR at ESSO STATION. Balance 1200.50 EUR",
    "【中国移动】您的账户余额为1234元,本月已用流量12GB。",
    "您尾号8821的账户支出人民币1500.00元。【工商银行】",
    "Our post code 90210 and zip code 90211 are wrong",
    "Never share your code with anybody.",
    "The code is at https://bank.example/c/903311",
    "Meeting in 2026, room 4711",
    "Your password expires on 2026-11-22",
)


@pytest.mark.parametrize(("text", "code"), CODES.items())
def test_the_code_is_found(text: str, code: str) -> None:
    assert find_code(text) == code


@pytest.mark.parametrize("text", NO_CODES)
def test_what_is_no_code_is_left_alone(text: str) -> None:
    assert find_code(text) is None


def test_everyday_traffic_has_codes_where_it_says_so() -> None:
    rng = random.Random(7)
    found = {text.number: find_code(text.text) for text in (pick(rng) for _ in range(2000))}
    asked = {"Google": 6, "WhatsApp": 7, "900": 5, "STC": 4, "+447700900456": 6}
    assert {number: len(found[number] or "") for number in asked} == asked
    assert not any(found[number] for number in ("10086", "10010", "95588", "Beeline", "MAGTI", "DHL", "Bank-Info"))


@given(st.text(max_size=400))
def test_any_text_has_a_short_code_or_none(text: str) -> None:
    code = find_code(text)
    assert code is None or (code.isascii() and code.isalnum() and 4 <= len(code) <= 10)


def test_a_long_text_takes_no_time() -> None:
    assert find_code("code 1 " * 3000 + "1234567890" * 300) is None
