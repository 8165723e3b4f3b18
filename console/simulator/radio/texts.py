"""Who writes to a gateway's SIMs and what: everyday traffic of many scripts, and a few texts with teeth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class InboundText:
    """One SMS from outside."""

    number: str
    text: str


_MOBILES = (
    "+8613632919026", "+8613800138000", "+8615914071237", "+79161234567", "+79037654321", "+995599123456",
    "+995577445566", "+971501234567", "+966551234567", "+447700900123", "+4915112345678", "+33612345678",
    "+12025550143", "+819012345678", "+905321234567", "+919876543210",
)  # fmt: skip

_FROM_PEOPLE = (
    "ok",
    "On my way, 10 min",
    "Can you call me back when you are free?",
    "Thanks, received.",
    "Meeting moved to 15:30, same room.",
    "Who is this?",
    "STOP",
    "Yes please, confirm the delivery for tomorrow between 9 and 12.",
    "It’s done – see you at six…",
    "Café déjà réservé, à demain !",
    "Das Paket ist angekommen, vielen Dank. Grüße aus Köln",
    "Привет, ты где?",
    "Заказ получил, спасибо!",
    "Перезвоните, пожалуйста, после 18:00",
    "გამარჯობა, როდის მოხვალ?",
    "მადლობა, მივიღე.",
    "شكرا، وصلت الرسالة",
    "متى موعد التسليم؟",
    "好的,收到。",
    "你好,请问什么时候发货?",
    "明天下午三点麒麟大厦见",
    "了解しました。明日お願いします。",
    "तैयार है, कल मिलते हैं",
    "👍",
    "Happy birthday 🎂🎉 see you tonight 😀",
    "Family trip 👨‍👩‍👧‍👦 on Saturday?",
)

_FROM_SERVICES = (
    ("10086", "【中国移动】您的账户余额为{money}元,本月已用流量{small}GB。"),
    ("10010", "尊敬的用户,您本月套餐剩余语音{small}分钟。"),
    ("95588", "您尾号{code4}的账户支出人民币{money}元。【工商银行】"),
    ("Google", "G-{code6} is your Google verification code."),
    ("WhatsApp", "Your WhatsApp code: {code3}-{code4}. Don't share this code with others"),
    ("900", "Парол подтверждения: {code5}. Никому его не сообщайте."),
    ("Beeline", "Ваш баланс: {money} р. Пополните счёт."),
    ("MAGTI", "თქვენი ბალანსია {money} ლარი"),
    ("STC", "رمز التحقق الخاص بك هو {code4}"),
    (
        "DHL",
        "Your parcel {code6} arrives today between 10:00 and 14:00. Track: https://dhl.example/t/{code5}",
    ),
    ("+447700900456", "{code6} is your login code for ExamplePay. It expires in 10 minutes."),
    ("Bank-Info", "Card *{code4}: purchase {money} EUR at ESSO STATION. Balance {money2} EUR"),
)

LONG = (
    (
        "+79161234567",
        "Добрый день! Напоминаем, что ваша запись к врачу назначена на завтра, 10:40, кабинет 214. "
        "При себе иметь паспорт и полис. Если вы не сможете прийти, пожалуйста, отмените запись заранее "
        "по телефону регистратуры или ответным сообщением.",
    ),
    (
        "+4915112345678",
        "Hello, this is a somewhat longer message about tomorrow. The truck leaves the warehouse at six, it "
        "should be at your gate before nine. Please have somebody there who can sign, and keep the yard "
        "free: the driver needs about twenty metres to turn. If anything changes tonight, write to this "
        "number and I will pass it on.",
    ),
    (
        "+8613800138000",
        "您好,您订购的商品已经到达配送站,配送员将于今天下午送货上门,请保持手机畅通。如需改期,请直接回复本短信,"
        "注明您方便的日期和时间段,我们会尽快与您联系确认,感谢您的支持与理解,祝您生活愉快,万事如意。",
    ),
)

_WITH_TEETH = (
    ("PROMO", "[b]50% OFF[/b] today only [/x] reply [YES]"),
    ("+12025550143", 'path is C:\\temp\\new, he said "ok" & <left>'),
    ("+12025550199", "first line\nsecond line\r\nEvent: Fake\r\n"),
    ("ALERT", "\x1b[31mRED ALERT\x1b[0m \x1b]0;title\x07 done"),
    ("+905321234567", "safe\u202etxt.exe \u200bzero\u200dwidth \u009b2J"),
    ("Lottery", "a=b&message=c%20d+e;100%"),
)

_HOLDS_A_STEP = (
    "\r\n\r\nEvent: Newexten\r\nContext: gsm-3\r\nExtension: sms\r\nApplication: {}\r\nAppData: {}\r\n"
    "Uniqueid: {}\r\n\r\n"
)

FORGED = (
    "hi" + _HOLDS_A_STEP.format("System", 'process_sms "3" "+49BANK" "" "Pay now"', "9.9"),
    "x" + _HOLDS_A_STEP.format("Set", "phonenumber=BANK", "7.1"),
    "x" + _HOLDS_A_STEP.format("Set", "message=Pay%20now%20to%20DE11", "7.1"),
)
"""Texts that a client takes for events of another SMS where it trusts empty lines: one that holds all of it, and two
that add up.
"""


def pick(rng: random.Random) -> InboundText:
    """One plausible SMS; about one in 25 is long and one in 40 nasty."""
    kind = rng.random()
    if kind < 0.025:
        return InboundText(*rng.choice(_WITH_TEETH))
    if kind < 0.065:
        return InboundText(*rng.choice(LONG))
    if kind < 0.45:
        number, form = rng.choice(_FROM_SERVICES)
        return InboundText(number, _fill(form, rng))
    return InboundText(rng.choice(_MOBILES), rng.choice(_FROM_PEOPLE))


def pick_recipient(rng: random.Random) -> str:
    """A mobile number that the gateway's other users write to."""
    return rng.choice(_MOBILES)


def _fill(form: str, rng: random.Random) -> str:
    return form.format(
        code3=rng.randint(100, 999),
        code4=rng.randint(1000, 9999),
        code5=rng.randint(10_000, 99_999),
        code6=rng.randint(100_000, 999_999),
        small=rng.randint(1, 400),
        money=f"{rng.uniform(0.5, 300):.2f}",
        money2=f"{rng.uniform(5, 3000):.2f}",
    )
