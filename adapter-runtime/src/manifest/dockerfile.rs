//! The image.

use super::text::made_by;
use super::{File, Made};

/// Whom the program runs as.
const USER: &str = "65532:65532";

pub(super) fn files(made: &Made<'_>) -> Vec<File> {
    let (program, port) = (&made.options.program, made.options.port);
    let made_by = made_by(made.options);
    let dockerfile = format!(
        "\
# {made_by}
# Build it in the folder of the Cargo.lock:
#   docker build -t {image} -f Dockerfile .
# With a shell to look around, as the target `debug`:
#   docker build -t {image}-debug --target debug -f Dockerfile .

# Rust for a static binary.
FROM rust:1-alpine AS rust
RUN apk add --no-cache musl-dev && cargo install --locked cargo-chef
WORKDIR /source

# Which dependencies there are.
FROM rust AS plan
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

# The dependencies are built again only when they change.
FROM rust AS build
COPY --from=plan /source/recipe.json recipe.json
ENV CARGO_PROFILE_RELEASE_STRIP=symbols
RUN cargo chef cook --release --locked --recipe-path recipe.json
COPY . .
RUN cargo build --release --locked --bin {program} \\
    && mkdir -p /image/tmp \\
    && cp target/release/{program} /image/{program}

FROM busybox:stable-musl AS debug
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /image /
USER {USER}
ENTRYPOINT [\"/{program}\"]
CMD [\"{port}\"]

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /image /
USER {USER}
ENTRYPOINT [\"/{program}\"]
CMD [\"{port}\"]
",
        image = super::kubernetes::image(made),
    );
    let ignored = format!("# {made_by}\n.git\ntarget\n");
    vec![
        File::new("Dockerfile", dockerfile),
        File::new("Dockerfile.dockerignore", ignored),
    ]
}
