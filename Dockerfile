# Two images from one lock. `front` answers: bot, jobs and playground, without torch. `worker` can paint as well and is
# what compose.yaml runs. Neither writes anything but /data and /tmp.
FROM python:3.13.15-slim-trixie@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS base


FROM base AS tools
WORKDIR /build
COPY requirements.lock pyproject.toml ./
# pip only fetches uv and setuptools, by their hashes in the lock; uv does the rest.
RUN awk '/^[^ ]/ { wanted = /^(uv|setuptools)==/ } wanted' requirements.lock > tools.lock \
    && python -m venv /tools \
    && /tools/bin/pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r tools.lock


FROM tools AS wheel
COPY . .
RUN /tools/bin/uv build --quiet --wheel --no-build-isolation --offline --python /tools/bin/python --out-dir /wheels .


# The lock without what this image does not need: uv keeps its versions and hashes, and the build stops at a line that
# the lock does not have.
FROM tools AS front-packages
RUN cp requirements.lock front.lock \
    && /tools/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet --output-file front.lock \
    && ! grep --invert-match --line-regexp --fixed-strings --file requirements.lock front.lock \
    && python -m venv --without-pip /app \
    && VIRTUAL_ENV=/app /tools/bin/uv pip sync --no-cache --compile-bytecode --require-hashes front.lock
COPY --from=wheel /wheels /wheels
RUN VIRTUAL_ENV=/app /tools/bin/uv pip install --no-cache --compile-bytecode --no-deps --offline /wheels/*.whl


FROM tools AS worker-packages
# PyAV's wheel brings FFmpeg with x264, which is GPL: who hands this image on takes that on.
RUN cp requirements.lock worker.lock \
    && /tools/bin/uv pip compile pyproject.toml --extra engine --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet --output-file worker.lock \
    && ! grep --invert-match --line-regexp --fixed-strings --file requirements.lock worker.lock \
    && python -m venv --without-pip /app \
    && VIRTUAL_ENV=/app /tools/bin/uv pip sync --no-cache --compile-bytecode --require-hashes worker.lock
COPY --from=wheel /wheels /wheels
RUN VIRTUAL_ENV=/app /tools/bin/uv pip install --no-cache --compile-bytecode --no-deps --offline /wheels/*.whl


FROM base AS runtime
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin pastiche \
    && install --directory --mode 0700 --owner pastiche --group pastiche /data
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PASTICHE_DATA_DIR=/data \
    PASTICHE_PLAYGROUND=false \
    XDG_CACHE_HOME=/data/cache
VOLUME /data
ENTRYPOINT ["pastiche"]


FROM runtime AS front
COPY --from=front-packages /app /app
USER 10001
EXPOSE 8089
CMD ["playground", "--listen", "0.0.0.0"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8089), 3)"]


FROM runtime AS worker
COPY --from=worker-packages /app /app
USER 10001
CMD ["run"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-m", "pastiche.alive"]
