"""What the server counts of itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from prometheus_client.parser import text_string_to_metric_families

from tamis.server.operation.metrics import Metrics


def values(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample, by its name and labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (one.name, *sorted(one.labels.values())): one.value
        for family in families
        for one in family.samples
    }


def test_each_number_stands_under_its_name() -> None:
    metrics = Metrics()
    metrics.messages("taken", 5)
    metrics.messages("repeated", 1)
    metrics.quarantined("too-large", 2)
    metrics.batch(7, 0.02)
    metrics.queue(12)
    metrics.refused(3)
    metrics.turn("customers", 10, 40)
    metrics.listening(2)
    metrics.background_failed("turn")
    found = values(metrics)
    assert found["tamis_messages_total", "taken"] == 5
    assert found["tamis_messages_total", "repeated"] == 1
    assert found["tamis_quarantined_total", "too-large"] == 2
    assert found["tamis_batch_messages_sum",] == 7
    assert found["tamis_batch_seconds_bucket", "0.025"] == 1
    assert found["tamis_batch_seconds_bucket", "0.01"] == 0
    assert found["tamis_queue_messages",] == 12
    assert found["tamis_refused_messages_total",] == 3
    assert found["tamis_turn_leads_done", "customers"] == 10
    assert found["tamis_turn_leads", "customers"] == 40
    assert found["tamis_listeners",] == 2
    assert found["tamis_background_failures_total", "turn"] == 1


def test_two_servers_of_one_process_do_not_meet() -> None:
    one, other = Metrics(), Metrics()
    one.refused(9)
    assert values(other)["tamis_refused_messages_total",] == 0


def test_threads_lose_no_count() -> None:
    metrics = Metrics()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(metrics.refused, [1] * 2000))
    assert values(metrics)["tamis_refused_messages_total",] == 2000
