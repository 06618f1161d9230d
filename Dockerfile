# The program on an image that holds nothing but Node and it, run as nobody:
#
#     docker build -t mesh-preflight:0.1.0 .
#     docker run --rm -v "$PWD/exports:/exports:ro" mesh-preflight:0.1.0 check /exports
FROM node:24-bookworm-slim AS build
WORKDIR /project
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /mesh-preflight
COPY --from=build /project/package.json /project/LICENSE ./
COPY --from=build /project/bin bin
COPY --from=build /project/dist dist
WORKDIR /
ENTRYPOINT ["/nodejs/bin/node", "/mesh-preflight/bin/mesh-preflight.js"]
CMD ["--help"]
