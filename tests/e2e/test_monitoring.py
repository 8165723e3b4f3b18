"""What a receiver that runs tells of itself: with AMI of its ports, and nothing that Prometheus finds fault with."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.monitoring import labelled
from tests.support.stories import call
from tests.support.terminal import REPOSITORY
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path


def test_receive_tells_of_the_gateway_as_the_console_does(tmp_path: Path) -> None:
    with GatewayProcess("--ports", "2", receiver_tcp_port=free_tcp_port()) as gateway:
        config = gateway.configuration(tmp_path)
        command = [sys.executable, "-m", "console", "receive", "--config", str(config)]
        receiver = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            assert receiver.stdout is not None
            assert receiver.stdout.readline().startswith(b"READY ")
            assert call(gateway.receiver_tcp_port, "hello", port="2") == 200

            def scrape() -> str:
                url = f"http://127.0.0.1:{gateway.receiver_tcp_port}/metrics"
                with urllib.request.urlopen(url, timeout=30) as answer:
                    return str(answer.read(), "utf-8")

            asyncio.run(until(lambda: set(labelled(scrape(), "port_registered").values()) == {1}))
            text = scrape()
        finally:
            receiver.kill()
            receiver.communicate()
    assert set(labelled(text, "ami_up").values()) == {1}
    assert [value for (_, port), value in labelled(text, "messages_received_total").items() if port == "2"] == [1]
    if (promtool := shutil.which("promtool")) is None:
        pytest.skip("Debian has promtool in its package prometheus")
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
