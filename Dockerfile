# One image for all roles of docker-compose.yml.
ARG PAAS_NODE_IMAGE=node:20-bookworm-slim

FROM ${PAAS_NODE_IMAGE} AS build
# What a build leaves behind can be told by it: docker image prune --filter label=paas.stage=build
LABEL paas.stage=build
WORKDIR /paas
COPY package.json package-lock.json .npmrc ./
# No package's own scripts: what they fetch (the embedded databases) is not used here.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --ignore-scripts --omit=dev --omit=optional

FROM ${PAAS_NODE_IMAGE}
# git serves pushes, tini reaps what they leave behind. An image that brings both needs no network here.
RUN (command -v git && command -v tini) \
    || (apt-get update && apt-get install -y --no-install-recommends ca-certificates git tini && rm -rf /var/lib/apt/lists/*)
WORKDIR /paas
COPY --from=build /paas/node_modules node_modules
COPY --from=build /paas/dist dist
COPY package.json ./
COPY bin bin
ENV NODE_ENV=production PATH=/paas/bin:$PATH
ENTRYPOINT ["tini", "-s", "--"]
