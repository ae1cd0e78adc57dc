#!/bin/sh
# Installs the load testers that the benchmarks compare with, each from its own package, by name and version, and
# builds the servers of bench/servers.
# bench/install_peers.sh [NAME...]     into $Z6C_BENCH_PEERS, or else ~/.cache/z6c-bench; system packages by apt-get.
# One that cannot be installed is named at the end, with the reason; the others are installed all the same.
set -u

peers=${Z6C_BENCH_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/z6c-bench}
bin=$peers/bin
logs=$peers/logs
mkdir -p "$bin" "$logs" || exit 1
missing=

say() { printf '%s\n' "$*"; }

needs() { command -v "$1" >/dev/null 2>&1 || { echo "needs $1, which is not installed"; return 1; }; }

by_apt() { # PACKAGE PROGRAM
  command -v "$2" >/dev/null 2>&1 && return 0
  needs apt-get || return 1
  [ "$(id -u)" = 0 ] || { echo "as root: apt-get install --no-install-recommends $1"; return 1; }
  apt-get install --yes --no-install-recommends "$1"
}

by_go() { # MODULE@VERSION
  needs go && GOBIN=$bin nice go install "$1"
}

by_go_here() { # FOLDER PROGRAM: one of the benchmarks' own servers, with the versions of its go.sum
  needs go && ( cd "$(dirname "$0")/servers/$1" && nice go build -mod=readonly -trimpath -o "$bin/$2" . )
}

by_cargo() { # CRATE@VERSION
  needs cargo && nice cargo install --locked --quiet --root "$peers" "$1"
}

by_npm() { # PACKAGE@VERSION PROGRAM
  needs npm && npm install --prefix "$peers/npm" --no-audit --no-fund --ignore-scripts --loglevel=error "$1" &&
    ln -sf "$peers/npm/node_modules/.bin/$2" "$bin/$2"
}

by_pip() { # PACKAGE==VERSION PROGRAM
  needs python3 && python3 -m venv "$peers/python" &&
    "$peers/python/bin/pip" install --quiet --disable-pip-version-check "$1" &&
    ln -sf "$peers/python/bin/$2" "$bin/$2"
}

# Its attack and its report are two commands of one program: here they are one, which prints the report as JSON.
by_go_vegeta() { # VERSION
  needs go && mkdir -p "$peers/vegeta" && (
    cd "$peers/vegeta" || exit 1
    [ -f go.mod ] || go mod init vegeta_install || exit 1
    printf 'package vegeta_install\n\nimport _ "github.com/tsenart/vegeta/v12"\n' >uses.go
    go mod edit -require "github.com/tsenart/vegeta/v12@v$1" &&
      GOFLAGS=-mod=mod nice go build -o vegeta-program github.com/tsenart/vegeta/v12
  ) && printf '#!/bin/sh\n[ "$1" = -version ] && exec echo %s\nreal=%s\n"$real" attack "$@" | "$real" report -type=json\n' \
    "$1" "$peers/vegeta/vegeta-program" >"$bin/vegeta" && chmod +x "$bin/vegeta"
}

package() {
  case $1 in
    nginx) by_apt nginx-light nginx ;;
    wrk) by_apt wrk wrk ;;
    h2load) by_apt nghttp2-client h2load ;;
    oha) by_cargo oha@1.16.0 ;;
    k6) by_go go.k6.io/k6@v1.8.1 ;;
    ghz) by_go github.com/bojand/ghz/cmd/ghz@v0.93.0 ;;
    hey) by_go github.com/rakyll/hey@v0.1.5 ;;
    vegeta) by_go_vegeta 12.11.1 ;;
    artillery) by_npm artillery@2.0.34 artillery ;;
    autocannon) by_npm autocannon@9.0.0 autocannon ;;
    locust) by_pip locust==2.47.0 locust ;;
    z6c-bench-web-sockets) by_go_here web_sockets z6c-bench-web-sockets ;;
    z6c-bench-grpc) by_go_here grpc z6c-bench-grpc ;;
    *) echo "no such peer: $1"; return 1 ;;
  esac
}

[ $# -gt 0 ] || set -- nginx wrk h2load z6c-bench-web-sockets z6c-bench-grpc autocannon artillery locust hey ghz vegeta k6 oha
for name; do
  if package "$name" >"$logs/$name.log" 2>&1; then
    say "installed  $name"
  else
    say "missing    $name: $(grep -v '^[[:space:]]*$' "$logs/$name.log" | tail -n 1)"
    missing="$missing $name"
  fi
done
[ -z "$missing" ] || { say "left out:$missing (logs in $logs)"; exit 1; }
