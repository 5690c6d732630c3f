#!/usr/bin/env bash
# Builds Athanor's images with docker or buildah; each comes out as an archive, with its SBOM beside it.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  cat <<'TEXT'
Usage: deploy/images/build.sh [OPTIONS] [control|runner|runner-cuda|all ...]      (default: control runner)

  --version X     version, in tag and label (default: package.json's)
  --out DIR       where archives and SBOMs go (default: .cache/images)
  --local-base    build on the images of base.sh instead of pulled ones
  --no-cache      build every step anew
  --help          this text

The images are athanor/control:X, athanor/runner:X and athanor/runner:X-cuda. Equal sources give equal layers.

Environment: ENGINE (docker or buildah; default docker where its builder answers), BASE_IMAGE, NODE_IMAGE, PYTHON_IMAGE,
BUILD_CA (a file of more certificate authorities for the build; default: NODE_EXTRA_CA_CERTS), SOURCE (URL for the label),
SOURCE_DATE_EPOCH (default 0: unchanged layers keep their digests from version to version).

Examples:
  deploy/images/build.sh
  deploy/images/build.sh --local-base --out /tmp/images control
  deploy/images/build.sh --version 0.2.0 all
TEXT
}

die() {
  echo "build.sh: $*" >&2
  exit 2
}

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
out=.cache/images
args=()
engine_args=()
targets=()
while [ $# -gt 0 ]; do
  case $1 in
    --version) version=${2:?--version needs a value} && shift ;;
    --out) out=${2:?--out needs a value} && shift ;;
    --local-base)
      export BASE_IMAGE=local/base:bookworm NODE_IMAGE=local/node:24 PYTHON_IMAGE=local/python:3.11
      local_base=true
      ;;
    --no-cache) args+=(--no-cache) ;;
    --help) usage && exit ;;
    control | runner | runner-cuda) targets+=("$1") ;;
    all) targets+=(control runner runner-cuda) ;;
    *) die "expected control, runner, runner-cuda or all; got '$1' (--help tells more)" ;;
  esac
  shift
done
[ ${#targets[@]} -gt 0 ] || targets=(control runner)

epoch=${SOURCE_DATE_EPOCH:-0}
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
[ -z "$(git status --porcelain 2>/dev/null)" ] || revision+=-modified
args+=(--build-arg "VERSION=$version" --build-arg "REVISION=$revision" --build-arg "SOURCE=${SOURCE:-unknown}")
for name in BASE_IMAGE NODE_IMAGE PYTHON_IMAGE; do
  [ -z "${!name:-}" ] || args+=(--build-arg "$name=${!name}")
done
# The authorities that Node.js and npm already trust here are those of the build too.
BUILD_CA=${BUILD_CA:-${NODE_EXTRA_CA_CERTS:-}}
[ -z "$BUILD_CA" ] || args+=(--secret "id=ca,src=$BUILD_CA")

if [ -z "${ENGINE:-}" ]; then
  if docker buildx inspect --bootstrap >/dev/null 2>&1; then ENGINE=docker; else ENGINE=buildah; fi
fi

build_docker() {
  local target=$1 tag=$2 archive=$3
  docker buildx build "${args[@]}" --target "$target" --tag "$tag" --build-arg "SOURCE_DATE_EPOCH=$epoch" \
    --provenance=false --output "type=docker,dest=$archive,compression=uncompressed,rewrite-timestamp=true" .
  if docker info >/dev/null 2>&1; then docker load --quiet --input "$archive"; fi
}

build_buildah() {
  local target=$1 tag=$2 archive=$3
  export BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}
  buildah bud "${args[@]}" "${engine_args[@]}" --layers --timestamp "$epoch" --target "$target" --tag "$tag" .
  rm -f "$archive"
  buildah push --quiet "$tag" "docker-archive:$archive:$tag"
}

# The SBOM is the last layer of an image.
export_sbom() {
  local archive=$1 layer
  layer=$(tar --extract --to-stdout --file "$archive" manifest.json | sed 's/.*"\([^"]*\)"\].*/\1/')
  tar --extract --to-stdout --file "$archive" "$layer" | tar --extract --to-stdout --file - app/sbom.cdx.json
}

image_id() {
  tar --extract --to-stdout --file "$1" manifest.json | sed 's/.*"Config":"\([^"]*\)".*/\1/; s/\.json$//; s#.*/##'
}

case $ENGINE in
  docker) [ -z "${local_base:-}" ] || die "--local-base is for buildah; give docker BASE_IMAGE, NODE_IMAGE, PYTHON_IMAGE" ;;
  buildah) [ -z "${local_base:-}" ] || engine_args+=(--pull-never) ;;
  *) die "ENGINE: expected docker or buildah, got '$ENGINE'" ;;
esac

mkdir -p "$out"
table=()
for target in "${targets[@]}"; do
  tag=athanor/$target:$version
  [ "$target" != runner-cuda ] || tag=athanor/runner:$version-cuda
  "build_$ENGINE" "$target" "$tag" "$out/$target.tar"
  export_sbom "$out/$target.tar" >"$out/$target.cdx.json"
  megabytes=$(($(stat --format %s "$out/$target.tar") / 1000000))
  table+=("$(printf '%-30s %6s MB  %s' "$tag" "$megabytes" "$(image_id "$out/$target.tar" | cut -c1-16)")")
done
printf '%-30s %9s  %s\n' image size id
printf '%s\n' "${table[@]}"
echo "archives and SBOMs: $out"
