# Three images from one build: `control`, `runner` and `runner-cuda`. deploy/images/README.md says what is in each.
# Builds with docker (BuildKit) and with buildah. Every image starts from the layers that change least.
#
# NODE_IMAGE has node, npm and a shell; BASE_IMAGE is Debian with libstdc++6, and zlib1g for CUDA.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=debian:bookworm-slim
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${BASE_IMAGE} AS base

# Optional build secret `ca`: one more certificate authority, for networks whose proxy opens TLS.
FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY . .
RUN --mount=type=secret,id=ca \
    [ ! -e /run/secrets/ca ] || export NODE_EXTRA_CA_CERTS=/run/secrets/ca; \
    export CI=true; \
    node athanor --setup-only \
    && npx --yes "$(node -e "import('./libs/setup/setup.mjs').then(setup => console.log(setup.PNPM))")" \
       install --prod --frozen-lockfile --ignore-scripts --reporter=append-only
COPY --from=base /etc/passwd /etc/group /base/etc/
RUN node deploy/images/assemble.mjs common /out/common --base /base \
    && node deploy/images/assemble.mjs control /out/control \
    && node deploy/images/assemble.mjs runner /out/runner \
    && chmod -R u=rwX,go=rX /out

# NVIDIA's libraries and ONNX Runtime's CUDA provider, out of wheels that are pinned by hash.
FROM ${PYTHON_IMAGE} AS cuda
WORKDIR /wheels
COPY deploy/images/cuda-requirements.txt deploy/images/unpack-cuda.py /
RUN --mount=type=secret,id=ca \
    [ ! -e /run/secrets/ca ] || export PIP_CERT=/run/secrets/ca; \
    python3 -m pip download --quiet --require-hashes --no-deps --only-binary=:all: \
      --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux2014_x86_64 \
      --python-version 3.12 --requirement /cuda-requirements.txt \
    && python3 /unpack-cuda.py /wheels /out && rm -r /wheels

FROM build AS sbom
COPY --from=base /var/lib/dpkg /base/var/lib/dpkg
ARG VERSION=0.0.0
RUN for image in control runner; do \
      node deploy/images/sbom.mjs $image --base /base --version "$VERSION" > /out/$image.cdx.json || exit 1; \
    done

FROM build AS sbom-cuda
COPY --from=base /var/lib/dpkg /base/var/lib/dpkg
COPY --from=cuda /out/wheels.json /cuda/
ARG VERSION=0.0.0
RUN node deploy/images/sbom.mjs runner --base /base --cuda /cuda --version "$VERSION-cuda" > /out/runner.cdx.json

FROM base AS common
COPY --from=build /out/common /
ENV NODE_ENV=production HOME=/tmp PATH=/usr/local/bin:/usr/bin:/bin ORT_DISABLE_TELEMETRY=1
WORKDIR /app
USER 65532:65532
ENTRYPOINT ["node"]
CMD ["image.mjs"]
LABEL org.opencontainers.image.licenses=Apache-2.0 org.opencontainers.image.vendor=Athanor

FROM common AS control
COPY --from=build /out/control/node_modules /app/node_modules
COPY --from=build /out/control/app /app
COPY --from=sbom /out/control.cdx.json /app/sbom.cdx.json
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Athanor control" \
      org.opencontainers.image.description="Athanor's ingest, training, registry and command line" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.source=$SOURCE

FROM common AS runner
COPY --from=build /out/runner/node_modules /app/node_modules
COPY --from=build /out/runner/app /app
COPY --from=sbom /out/runner.cdx.json /app/sbom.cdx.json
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Athanor runner" \
      org.opencontainers.image.description="Athanor's inference and training attempts, on CPUs" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.source=$SOURCE

# The big layer lies below the application's, so that a new version does not make a node unpack it again.
FROM common AS runner-cuda
COPY --from=cuda /out/root /
COPY --from=build /out/runner/node_modules /app/node_modules
COPY --from=build /out/runner/app /app
COPY --from=sbom-cuda /out/runner.cdx.json /app/sbom.cdx.json
# What the container runtime of a GPU node reads: which parts of the driver to hand in.
ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="Athanor runner (CUDA)" \
      org.opencontainers.image.description="Athanor's inference and training attempts, on NVIDIA GPUs" \
      org.opencontainers.image.version=$VERSION-cuda \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.source=$SOURCE
