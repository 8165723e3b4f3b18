"""The console beside a real Asterisk.

Run by hand where an Asterisk of version 13 or later is on the PATH, with its headers and a C compiler:

    uv run pytest tests/interop -n 0

Without one everything here is skipped. `stand_in.c` is what no Asterisk has: the commands of the gateway's driver.
"""
