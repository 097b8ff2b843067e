# Etalon in an empty root: one static binary and nothing else. `docker build -t etalon .`, then `docker run --rm -p 4010:4010 etalon`.

FROM rust:1-slim-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /etalon
COPY Cargo.toml Cargo.lock ./
COPY contract contract
COPY conformance conformance
COPY src src
COPY spec spec
# Benches and tests are named in Cargo.toml, so their files have to be there.
COPY benches benches
COPY tests tests
# The target is named so that build scripts and macros are not linked statically. Randomness comes from the kernel's call: a static
# program does not find the function for it in a library, and an empty root may have no device.
RUN target="$(rustc -vV | sed -n 's/^host: //p')" \
    && RUSTFLAGS='-C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"' cargo build --locked --profile dist --bin etalon --target "$target" \
    && cp "target/$target/dist/etalon" /usr/local/bin/etalon
# The runner's ledger goes to the folder for temporary files, which an empty root has not.
RUN mkdir -p /image && mkdir -m 1777 /image/tmp

FROM scratch
COPY --from=build /image/ /
COPY --from=build /usr/local/bin/etalon /etalon
# Who reads https documents or tests https targets needs the certificates that the world trusts.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
WORKDIR /work
# No name for it is needed in an empty root.
USER 65534:65534
EXPOSE 4010
HEALTHCHECK --interval=10s --timeout=5s --start-period=2s --retries=3 CMD ["/etalon", "health"]
# SIGTERM lets the requests under way be answered, for two seconds at most.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/etalon"]
CMD ["mock", "--host", "0.0.0.0"]
