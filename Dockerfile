# The service as an image: `jiujinan serve`. Settings are JIUJINAN_* variables (`jiujinan serve --help`), secrets are mounted files.
# Both images are Debian bookworm-slim; the first has Rust as well. buildah keeps the health check only with `--format docker`; it asks
# port 8080, as the image listens unless JIUJINAN_LISTEN says otherwise.
ARG BUILD_IMAGE=rust:1.95-slim-bookworm
ARG RUN_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY sql sql
COPY tests tests
COPY deploy deploy
RUN cargo build --locked --release --target-dir /target && strip /target/release/jiujinan

FROM ${RUN_IMAGE}
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin jiujinan
COPY --from=build /target/release/jiujinan /usr/local/bin/jiujinan
COPY LICENSE /usr/share/doc/jiujinan/LICENSE
USER 10001:10001
ENV JIUJINAN_LISTEN=0.0.0.0:8080 \
    JIUJINAN_METRICS_LISTEN=0.0.0.0:9464 \
    JIUJINAN_VAULT_DIR=/run/secrets/vault
EXPOSE 8080 9464
# The process answers; whether the database does is /readyz, for the proxy.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/jiujinan"]
CMD ["serve"]
