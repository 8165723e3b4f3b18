"""Colours by meaning. Text takes an "ink", never a colour: one place decides what good, bad and quiet look like."""

from __future__ import annotations

from typing import Literal

from textual.theme import Theme

Ink = Literal[
    "plain",
    "quiet",
    "strong",
    "accent",
    "key",
    "good",
    "busy",
    "warn",
    "bad",
    "chosen",
    "gateway-1",
    "gateway-2",
    "gateway-3",
    "gateway-4",
]

INKS: dict[Ink, str] = {
    "plain": "$foreground",
    "quiet": "$quiet",
    "strong": "bold $foreground",
    "accent": "$accent",
    "key": "bold $footer-key-foreground",
    "good": "$success",
    "busy": "$primary",
    "warn": "$warning",
    "bad": "$error",
    "chosen": "bold $background on $accent",
    "gateway-1": "$gateway-1",
    "gateway-2": "$gateway-2",
    "gateway-3": "$gateway-3",
    "gateway-4": "$gateway-4",
}
"""Each ink as a Textual style."""

DARK = Theme(
    name="gsm-dark",
    dark=True,
    primary="#6cb6d9",
    secondary="#8fa3b8",
    accent="#b79bea",
    success="#7cc47f",
    warning="#e3b25f",
    error="#ea7a80",
    foreground="#d3dae3",
    background="#0f1419",
    surface="#0f1419",
    panel="#1a222b",
    variables={
        "quiet": "#7d8b99",
        "rule": "#2b3743",
        "rule-focus": "#6cb6d9",
        "row-cursor": "#22384a",
        "row-cursor-blurred": "#1a2530",
        "segment-odd": "#1b2e3c",
        "segment-even": "#2a2440",
        "gateway-1": "#4fd0c0",
        "gateway-2": "#e58fd0",
        "gateway-3": "#c9cf6a",
        "gateway-4": "#9db4ff",
        "footer-key-foreground": "#6cb6d9",
    },
)

SIXTEEN = Theme(
    name="gsm-16",
    dark=True,
    primary="#00cdcd",
    secondary="#e5e5e5",
    accent="#cd00cd",
    success="#00cd00",
    warning="#cdcd00",
    error="#cd0000",
    foreground="#e5e5e5",
    background="#000000",
    surface="#000000",
    panel="#000000",
    variables={
        "quiet": "#7f7f7f",
        "rule": "#7f7f7f",
        "rule-focus": "#00cdcd",
        "row-cursor": "#0000ee",
        "row-cursor-blurred": "#000000",
        "segment-odd": "#0000ee",
        "segment-even": "#cd00cd",
        "gateway-1": "#00ffff",
        "gateway-2": "#ff00ff",
        "gateway-3": "#ffffff",
        "gateway-4": "#5c5cff",
        "footer-key-foreground": "#00cdcd",
    },
)
"""For terminals of sixteen colours, in which the softer shades would all become the same grey."""

LIGHT = Theme(
    name="gsm-light",
    dark=False,
    primary="#1d6a94",
    secondary="#52677c",
    accent="#6b46b8",
    success="#2c7a33",
    warning="#8f5f00",
    error="#b3262e",
    foreground="#1d252d",
    background="#fafbfc",
    surface="#fafbfc",
    panel="#e8edf2",
    variables={
        "quiet": "#66737f",
        "rule": "#c3cdd6",
        "rule-focus": "#1d6a94",
        "row-cursor": "#cfe3f0",
        "row-cursor-blurred": "#e3ebf1",
        "segment-odd": "#d9ecf7",
        "segment-even": "#e8e0f8",
        "gateway-1": "#00706a",
        "gateway-2": "#a1288c",
        "gateway-3": "#6b6a00",
        "gateway-4": "#3d4fc4",
        "footer-key-foreground": "#1d6a94",
    },
)

COLOURBLIND = Theme(
    name="gsm-colourblind",
    dark=True,
    primary="#8ab8ff",
    secondary="#9aa7b5",
    accent="#f0e442",
    success="#56b4e9",
    warning="#e8d8a8",
    error="#ff9e2c",
    foreground="#dfe5ec",
    background="#0f1419",
    surface="#0f1419",
    panel="#1a222b",
    variables={
        "quiet": "#85929f",
        "rule": "#2b3743",
        "rule-focus": "#8ab8ff",
        "row-cursor": "#22384a",
        "row-cursor-blurred": "#1a2530",
        "segment-odd": "#1b2e3c",
        "segment-even": "#3a2f14",
        "gateway-1": "#2fc5a0",
        "gateway-2": "#d99ac5",
        "gateway-3": "#b3b3e6",
        "gateway-4": "#ffffff",
        "footer-key-foreground": "#8ab8ff",
    },
)
"""Good is blue and bad is orange: told apart without red and green, whichever of the two an eye lacks."""
