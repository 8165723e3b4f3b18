"""Prometheus's text format: read again by the library of its authors, it says what was meant."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from console.protocol.http.exposition import Metric, page


def test_the_page_is_as_documented() -> None:
    up = Metric("up", "gauge", "Whether it is up.")
    up.add(True)
    sent = Metric("sent_total", "counter", "Messages sent.", "gateway", "port")
    sent.add(3, "gw1", "2")
    sent.add(0.25, "gw2", "")
    empty = Metric("none", "gauge", "Nothing yet.", "gateway")
    assert (
        page((up, sent, empty))
        == """\
# HELP up Whether it is up.
# TYPE up gauge
up 1
# HELP sent_total Messages sent.
# TYPE sent_total counter
sent_total{gateway="gw1",port="2"} 3
sent_total{gateway="gw2",port=""} 0.25
# HELP none Nothing yet.
# TYPE none gauge"""
    )


def test_a_histogram_counts_what_is_at_most_each_bound() -> None:
    times = Metric("times_seconds", "histogram", "How long.", "gateway")
    times.add_histogram((1.0, 2.5), (4, 0, 2), 11.5, "gw1")
    plain = Metric("other_seconds", "histogram", "How long.")
    plain.add_histogram((1.0,), (0, 1), 7)
    assert page((times, plain)).splitlines()[2:7] == [
        'times_seconds_bucket{gateway="gw1",le="1.0"} 4',
        'times_seconds_bucket{gateway="gw1",le="2.5"} 4',
        'times_seconds_bucket{gateway="gw1",le="+Inf"} 6',
        'times_seconds_sum{gateway="gw1"} 11.5',
        'times_seconds_count{gateway="gw1"} 6',
    ]
    assert page((plain,)).splitlines()[2:] == [
        'other_seconds_bucket{le="1.0"} 0',
        'other_seconds_bucket{le="+Inf"} 1',
        "other_seconds_sum 7",
        "other_seconds_count 1",
    ]


def test_a_label_is_read_as_it_was_written_and_does_nothing_before() -> None:
    metric = Metric("it", "gauge", "It.", "name")
    for value, words in enumerate(('a"b', "back\\slash", "50 %s", "{x}", "line\nend", "\x1b[31m", "\u202e")):
        metric.add(value, words)
    text = page((metric,)) + "\n"
    assert "\x1b" not in text
    assert len(text.splitlines()) == 9
    [family] = text_string_to_metric_families(text)
    read = [sample.labels["name"] for sample in family.samples]
    assert read == ['a"b', "back\\slash", "50 %s", "{x}", "line␊end", "␛[31m", "‹202E›"]
