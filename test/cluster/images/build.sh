#!/usr/bin/env bash
# Builds images of the real servers that the cluster suite needs, for nodes that cannot pull images.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../../..

usage() {
  cat <<'TEXT'
Usage: test/cluster/images/build.sh [--out DIR] [nats|postgres|s3 ...]      (default: all three, into .cache/images)

  nats       local/nats:<version of libs/nats-server>       entry nats-server
  postgres   local/postgres:15                              entry initdb if /data is empty, then postgres
  s3         local/s3:<version of libs/testkit>             entry versitygw

All run as 65532:65532 with a read-only root; data belongs into a volume at /data, and /tmp is writable.
Needs buildah and go (nats, s3), or root and mmdebstrap (postgres).

Example:
  test/cluster/images/build.sh --out /tmp/images
  IMAGES="/tmp/images/nats.tar /tmp/images/postgres.tar"
TEXT
}

pin() { sed -n "s/.*$1 = '\(.*\)';/\1/p" "$root/$2"; }
nats_version=$(pin PINNED_VERSION libs/nats-server/src/pins.ts)
s3_version=$(pin VERSITYGW_VERSION libs/testkit/src/s3.ts)
out=$root/.cache/images
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# image FOLDER NAME:TAG ARCHIVE ENTRYPOINT: the folder as an image of one layer.
image() {
  local folder=$1 name=$2 archive=$3 entrypoint=$4 container
  mkdir -p "$folder"/{etc,data,tmp}
  chmod 1777 "$folder/tmp" "$folder/data"
  echo 'nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin' >"$folder/etc/passwd"
  echo 'nonroot:x:65532:' >"$folder/etc/group"
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$folder" / >/dev/null
  buildah config --entrypoint "[\"$entrypoint\"]" --cmd '' --user 65532:65532 --workingdir /data --env HOME=/tmp \
    --env PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/bin:/bin "$container"
  buildah commit --quiet --rm --timestamp "${SOURCE_DATE_EPOCH:-0}" "$container" "$name" >/dev/null
  rm -f "$out/$archive"
  buildah push --quiet "$name" "docker-archive:$out/$archive:$name"
  echo "$name  $(du --block-size=1MB "$out/$archive" | cut -f1) MB  $out/$archive"
}

# go_program MODULE@VERSION FOLDER
go_program() {
  mkdir -p "$2"
  GOBIN=$2 CGO_ENABLED=0 go install -trimpath "$1"
}

make_nats() {
  go_program "github.com/nats-io/nats-server/v2@v$nats_version" "$scratch/nats/usr/local/bin"
  image "$scratch/nats" "local/nats:$nats_version" nats.tar nats-server
}

make_s3() {
  go_program "github.com/versity/versitygw/cmd/versitygw@v$s3_version" "$scratch/s3/usr/local/bin"
  image "$scratch/s3" "local/s3:$s3_version" s3.tar versitygw
}

make_postgres() {
  local folder=$scratch/postgres
  mmdebstrap --quiet --mode=root --variant=extract \
    --include=postgresql-15,postgresql-client-15,tzdata,libc-bin,dash,coreutils,sed bookworm "$folder"
  # Just-in-time compilation, Perl and documents: four fifths of the files' bytes.
  rm -rf "$folder"/usr/lib/x86_64-linux-gnu/{libLLVM*,libz3*,libperl*,perl*} "$folder"/usr/lib/llvm*
  rm -rf "$folder"/usr/lib/postgresql/15/lib/{llvmjit*,bitcode} "$folder"/usr/share/{perl*,doc,man,locale,bash-completion}
  rm -rf "$folder"/var/{cache,log,lib/apt} "${folder:?}"/dev/*
  install -D -m 755 "$here/postgres-entry.sh" "$folder/usr/local/bin/postgres-entry"
  image "$folder" local/postgres:15 postgres.tar postgres-entry
}

names=()
while [ $# -gt 0 ]; do
  case $1 in
    --help) usage && exit ;;
    --out) out=${2:?--out needs a folder} && shift ;;
    nats | postgres | s3) names+=("$1") ;;
    *) echo "build.sh: expected nats, postgres or s3; got '$1'" >&2 && exit 2 ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || names=(nats postgres s3)
mkdir -p "$out"
for name in "${names[@]}"; do "make_$name"; done
