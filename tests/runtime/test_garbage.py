from __future__ import annotations

import gc

from console.runtime import memory


def test_it_is_looked_for_again_but_not_among_what_there_is() -> None:
    try:
        memory.leave_for_now()
        assert not gc.isenabled()
        memory.look_again()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
