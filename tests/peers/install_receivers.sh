#!/bin/sh
# Builds what exports are received and checked by, from Go modules: otelcol (the OpenTelemetry Collector with an OTLP
# receiver and a file exporter) and promtool.
# tests/peers/install_receivers.sh     into $Z6C_BENCH_PEERS/bin, or else ~/.cache/z6c-bench/bin; needs go and some minutes.
set -eu

peers=${Z6C_BENCH_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/z6c-bench}
collector=0.145.0
prometheus=0.315.0
mkdir -p "$peers/bin" "$peers/otelcol" "$peers/promtool"

cd "$peers/otelcol"
cat >build.yaml <<YAML
dist:
  name: otelcol
  output_path: ./dist
  version: $collector
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v$collector
exporters:
  - gomod: github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter v$collector
YAML
GOBIN=$PWD nice go install "go.opentelemetry.io/collector/cmd/builder@v$collector"
nice ./builder --config build.yaml
cp dist/otelcol "$peers/bin/otelcol"

# Its own go.mod has replacements, so that `go install` does not take it.
cd "$peers/promtool"
[ -f go.mod ] || go mod init promtool_install
nice go get "github.com/prometheus/prometheus/cmd/promtool@v$prometheus"
nice go build -o "$peers/bin/promtool" github.com/prometheus/prometheus/cmd/promtool
