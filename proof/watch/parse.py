"""Reads /metrics of instances with the parsers of prometheus_client: Prometheus's text, and OpenMetrics."""

import sys
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as prometheus

INSTANCE = {
    "slipway_instance_cpu_seconds": "counter",
    "slipway_instance_memory_bytes": "gauge",
    "slipway_instance_memory_available_bytes": "gauge",
    "slipway_instance_filesystem_size_bytes": "gauge",
    "slipway_instance_filesystem_available_bytes": "gauge",
    "slipway_instance_load1": "gauge",
    "slipway_instance_threads": "gauge",
    "slipway_instance_boot_time_seconds": "gauge",
    "slipway_handler_restarts": "counter",
    "slipway_workers": "gauge",
}
# of a model with 30 columns, two workers, and some dozen routes
MOST_SERIES = 1500
LABELS = {"route", "code", "reason", "mode", "le", "model", "version", "model_sha256", "column"}


def read(url, accept):
    request = urllib.request.Request(url, headers={"accept": accept})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["content-type"], answer.read().decode()


def say(good, what):
    print("ok" if good else "FAIL", what)


for url in sys.argv[1:]:
    kind, text = read(url, "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
    say(kind.startswith("application/openmetrics-text; version=1.0.0"), f"{url} is OpenMetrics for who asks for it")
    families = {family.name: family for family in open_metrics(text)}
    plain = {family.name: family for family in prometheus(read(url, "text/plain")[1])}
    say(set(families) == set(plain), f"it has the same {len(families)} families as Prometheus's text")
    found = {name: families[name].type if name in families and families[name].samples else None for name in INSTANCE}
    wrong = {name: kind for name, kind in found.items() if kind != INSTANCE[name]}
    say(not wrong, f"CPU, memory, disk, threads, restarts, boot time of the instance are there {wrong or ''}")
    own = [sample for name, family in families.items() if name.startswith("slipway_") for sample in family.samples]
    say(len(own) < MOST_SERIES, f"{len(own)} series, fewer than {MOST_SERIES}")
    labels = {label for sample in own for label in sample.labels}
    say(labels <= LABELS, f"labels are those of a bounded set {sorted(labels - LABELS) or ''}")
    modes = {sample.labels["mode"] for sample in families["slipway_instance_cpu_seconds"].samples}
    say({"user", "system", "idle", "iowait", "steal"} <= modes, "processors are told by what they did")
