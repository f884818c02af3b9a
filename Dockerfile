# Portolan's image: built with the development packages, run without them, as an ordinary user, with Debian's own
# Chromium for the PDFs. Debian's fonts are not needed: the report brings its own from npm.

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .puppeteerrc.cjs ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json rolldown.config.mjs ./
COPY src ./src
COPY migrations ./migrations
RUN npm run build

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .puppeteerrc.cjs ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends chromium \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY templates ./templates
# The embedded database and the reports; /inventory is where a folder of inventory files is mounted.
RUN mkdir /data /inventory && chown node:node /data
VOLUME /data
ENV NODE_ENV=production \
  PORTOLAN_DATA=/data \
  PORTOLAN_INVENTORY=/inventory \
  PORTOLAN_CHROMIUM=/usr/bin/chromium
USER node
# It listens on 127.0.0.1 unless PORTOLAN_LISTEN says otherwise: see docker-compose.yml.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node is the first process here and gets no default signal handling from the kernel; serve handles SIGTERM itself.
CMD ["node", "dist/src/main.js", "serve"]
