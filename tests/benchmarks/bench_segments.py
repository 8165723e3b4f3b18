"""How fast a text is planned, beside the libraries that split texts too.

Run by hand; whatever is not installed is left out of the table:

    uv run --with smsutil python tests/benchmarks/bench_segments.py [NODE_DIR]

NODE_DIR is a folder where the npm peers were installed, by
`npm install @trt2/gsm-charset-utils split-sms sms-segments-calculator`; it needs `node` on the path.

Each figure is the best of five runs, in plans a second and microseconds a plan. The peers do less: none names
the characters that force Unicode, and of them only sms-segments-calculator keeps grapheme clusters whole.
`@trt2/gsm-charset-utils` counts segments without making them. `first` is `3gpp` for the first text of a fresh
process, one-time imports included.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.protocol.sms.segments import plan

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHABETS = {
    "GSM": "Hello world, this is a test! ",
    "GSM + [€]": "price [5] {x} € ",
    "Latin + ’": "It’s only a quote, but it costs. ",
    "Cyrillic": "Привет мир как дела ",
    "Chinese": "中文短信测试",
    "emoji": "👨\u200d👩\u200d👧\u200d👦 ok ",
}
LENGTHS = (160, 1_000, 5_000)
RUNS = 5
RUN_SECONDS = 0.1

NODE = r"""
const peers = {
  "@trt2/gsm-charset-utils": m => t => m.getCharCount(t),
  "split-sms": m => t => m.split(t),
  "sms-segments-calculator": m => t => new m.SegmentedMessage(t),
};
const texts = JSON.parse(require("fs").readFileSync(0));
(async () => {
  const out = {};
  for (const [name, make] of Object.entries(peers)) {
    let split;
    try {
      const path = require.resolve(name, { paths: [process.cwd()] });
      split = make(await import("file://" + path).then(m => m.default ?? m));
      split("warm");
    } catch { continue; }
    out[name] = texts.map(text => {
      let best = Infinity;
      for (let run = 0; run < 5; run++) {
        let n = 0; const began = process.hrtime.bigint(); let spent = 0n;
        do { split(text); n++; spent = process.hrtime.bigint() - began; } while (spent < 100_000_000n);
        best = Math.min(best, Number(spent) / 1e9 / n);
      }
      return best;
    });
  }
  console.log(JSON.stringify(out));
})();
"""


def seconds(split: Callable[[str], object], text: str) -> float:
    """The time of one call: the best of some runs."""
    best = float("inf")
    for _ in range(RUNS):
        count, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < RUN_SECONDS:
            split(text)
            count += 1
        best = min(best, spent / count)
    return best


def first_time(text: str) -> float:
    """Seconds of the very first plan of a fresh process."""
    code = (
        "import sys, time; from console.protocol.sms.segments import plan; text = sys.argv[1];"
        "began = time.perf_counter(); plan(text); print(time.perf_counter() - began)"
    )
    return float(subprocess.run([sys.executable, "-c", code, text], capture_output=True, check=True, text=True).stdout)


def node_peers(folder: Path, texts: list[str]) -> dict[str, list[float]]:
    """Seconds a call for each npm peer found in `folder`."""
    ran = subprocess.run(
        ["node", "-e", NODE], input=json.dumps(texts), cwd=folder, capture_output=True, check=True, text=True
    )
    measured: dict[str, list[float]] = json.loads(ran.stdout)
    return measured


def main() -> None:
    cases = {
        f"{name} {length}": (sample * (length // len(sample) + 1))[:length]
        for name, sample in ALPHABETS.items()
        for length in LENGTHS
    }
    texts = list(cases.values())
    table: dict[str, list[float]] = {
        "3gpp": [seconds(plan, text) for text in texts],
        "ami": [seconds(lambda text: plan(text, "ami"), text) for text in texts],
        "http": [seconds(lambda text: plan(text, "http"), text) for text in texts],
        "first": [first_time(text) for text in texts],
    }
    try:
        split = importlib.import_module("smsutil").split
    except ImportError:
        print("smsutil is not installed: left out")
    else:
        table["smsutil"] = [seconds(split, text) for text in texts]
    if len(sys.argv) > 1:
        table |= node_peers(Path(sys.argv[1]), texts)

    print("| text | " + " | ".join(table) + " |")
    print("|---" * (len(table) + 1) + "|")
    for at, case in enumerate(cases):
        cells = [f"{1 / column[at]:,.0f}/s {column[at] * 1e6:,.1f} µs" for column in table.values()]
        print(f"| {case} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
