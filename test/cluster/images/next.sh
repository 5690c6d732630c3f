#!/usr/bin/env bash
# Builds the next version for tests of upgrades: the images of deploy/images/build.sh with one more migration and one
# more field of an event, as in a next release. Tags athanor/{control,runner}:next.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../../.cache/images

usage() {
  cat <<'TEXT'
Usage: test/cluster/images/next.sh [--out DIR]      (default: .cache/images, where control.tar and runner.tar must be)

Needs buildah and node.
TEXT
}

while [ $# -gt 0 ]; do
  case $1 in
    --help) usage && exit ;;
    --out) out=${2:?--out needs a folder} && shift ;;
    *) echo "next.sh: unknown option '$1' (--help tells more)" >&2 && exit 2 ;;
  esac
  shift
done

for name in control runner; do
  id=$(buildah pull --quiet "docker-archive:$out/$name.tar")
  container=$(buildah from --pull-never "$id")
  node "$here/next.mjs" "$(buildah mount "$container")/app"
  buildah unmount "$container" >/dev/null
  buildah config --label org.opencontainers.image.version=next "$container"
  buildah commit --quiet --rm --timestamp 0 "$container" "athanor/$name:next" >/dev/null
  rm -f "$out/$name-next.tar"
  buildah push --quiet "athanor/$name:next" "docker-archive:$out/$name-next.tar:athanor/$name:next"
  echo "athanor/$name:next  $out/$name-next.tar"
done
