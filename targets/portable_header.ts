/** The shell part of a portable executable: unpacks what lies behind it once, and starts it. */

export type PortableHeader = Readonly<{
  /** Names the unpacked folder; a prefix of the payload's SHA-256. */
  id: string;
  denoVersion: string;
  targetTriple: string;
  /** Flags of `deno run`: permissions. */
  flags: readonly string[];
}>;

/**
 * POSIX sh text; the payload (a gzip'd tar archive) follows its last byte. Uses sh, tail, tar, gzip, mkdir, mv and rm;
 * mktemp and mkfifo as well where there is no HOME to keep the unpacked files in.
 */
export function portableHeader({ id, denoVersion, targetTriple, flags }: PortableHeader): string {
  const text = `#!/bin/sh
# A load test made by z6c: Deno ${denoVersion} for ${targetTriple}, the z6c runtime and one plan, packed behind this text.
# Needs sh, tail, tar, gzip, mkdir, mv and rm. Unpacks once, into z6c/ of $XDG_CACHE_HOME or ~/.cache.
set -eu
PATH=\${PATH:-/usr/local/bin:/usr/bin:/bin}
export PATH
name=\${0##*/}

fail() {
  printf '%s: %s\\n' "$name" "$*" >&2
  exit 1
}

# A part of the pipe that fails leaves a mark, as its status would be lost.
unpack() {
  (tail -n +PAYLOAD_LINE "$self" | gzip -dc || : >"$1/damaged") | tar -xof - -C "$1" && [ ! -e "$1/damaged" ] ||
    fail "could not unpack into $1: the disk is full, or this file is damaged or incomplete"
  why=$("$1/deno" --version 2>&1 >/dev/null) ||
    fail "cannot run the program unpacked into $1: \${why:-it does not start}. It is made for ${targetTriple}." \\
      "Where that file system is mounted noexec, set XDG_CACHE_HOME to a folder on one that allows programs."
}

start() {
  place=$1
  shift
  DENO_DIR=$place/cache
  DENO_NO_PACKAGE_JSON=1
  DENO_NO_UPDATE_CHECK=1
  export DENO_DIR DENO_NO_PACKAGE_JSON DENO_NO_UPDATE_CHECK
  # Workers load the modules anew, as files that must be allowed. Deno splits the list at commas: such a place does without.
  case $place in
    *,*) readable= ;;
    *) readable=$place ;;
  esac
  exec "$place/deno" run --quiet --no-check --no-config --no-lock --no-remote --no-npm \\
    ${flags.map(shellWord).join(" ")} \${readable:+"--allow-read=$readable"} "$place/entry.ts" "$@"
}

case $0 in
  */*) self=$0 ;;
  *) self=$(command -v -- "$0") && [ -f "$self" ] || self=./$0 ;;
esac
[ -r "$self" ] || fail "cannot read itself at $self"

cache=\${XDG_CACHE_HOME:-}
case $cache in
  /*) ;;
  *) cache=\${HOME:+$HOME/.cache} ;;
esac

if [ -n "$cache" ] && mkdir -p "$cache/z6c" 2>/dev/null && [ -w "$cache/z6c" ]; then
  kept=$cache/z6c/${id}
  if [ ! -d "$kept" ]; then
    fresh=$kept.$$
    trap 'rm -rf "$fresh"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM
    rm -rf "$fresh"
    mkdir "$fresh"
    unpack "$fresh"
    # Where another start was quicker, mv puts this one inside, or fails.
    mv "$fresh" "$kept" 2>/dev/null || [ -d "$kept" ] || fail "could not rename $fresh to $kept"
    rm -rf "$kept/\${fresh##*/}" "$fresh"
    trap - EXIT INT HUP TERM
  fi
  [ -x "$kept/deno" ] || fail "cannot run $kept/deno. Remove that folder, or, where its file system is mounted" \\
    "noexec, set XDG_CACHE_HOME to a folder on one that allows programs."
  start "$kept" "$@"
fi

# No home: a temporary folder, removed when the run has ended in whatever way: its end closes the pipe.
fresh=$(mktemp -d "\${TMPDIR:-/tmp}/z6c.XXXXXX") || fail "found neither a HOME nor a temporary folder it can write to"
trap 'rm -rf "$fresh"' EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM
unpack "$fresh"
mkfifo "$fresh/running"
(
  trap '' INT HUP TERM
  read -r _ <"$fresh/running" || :
  rm -rf "$fresh"
) >/dev/null </dev/null &
exec 9>"$fresh/running"
trap - EXIT INT HUP TERM
start "$fresh" "$@"
`;
  return text.replace("PAYLOAD_LINE", String(text.split("\n").length));
}

/** The text as one word of sh. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
