"""Durable state: an embedded SQLite database with one writing thread and many readers."""

from console.store.live import LiveReader
from console.store.reader import Reader
from console.store.store import Store

__all__ = ["LiveReader", "Reader", "Store"]
