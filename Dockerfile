# The server. Builds with Docker, Podman and Buildah:  docker build -t localhost:5005/aideator:0.1.0 .
# Reproducible from the same NODE_IMAGE and day of Debian: see docs/cluster.md.
ARG NODE_IMAGE=docker.io/library/node:20.20-bookworm-slim

# Packages, tools and sources: what the development loop runs in.
FROM ${NODE_IMAGE} AS tools
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap ca-certificates g++ git make python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Packages change less often than the rest: this layer is kept.
COPY package.json package-lock.json .nvmrc prisma.config.ts ./
COPY prisma prisma
COPY scripts/setup.mjs scripts/step.mjs scripts/
RUN node scripts/setup.mjs && npm cache clean --force
COPY . .

FROM tools AS build
RUN node scripts/build.mjs && node scripts/runtime-tree.mjs /out

FROM ${NODE_IMAGE}
# git and ssh fetch repositories; tini is the first process and buries what others leave behind.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git openssh-client tini \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig/aux-cache /var/log/apt /var/log/dpkg.log \
 && groupadd --gid 10001 aideator \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin aideator \
 && install --directory --owner 10001 --group 10001 /data
COPY --from=build /out /app
WORKDIR /app
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    HOST=0.0.0.0 \
    PORT=3000 \
    AIDEATOR_DATA_DIR=/data
# 3000: people, the API and git. 3100: agents in a cluster, for models, bases and results.
EXPOSE 3000 3100
VOLUME /data
USER 10001:10001
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "--enable-source-maps", "dist/server.mjs"]
