# The live server. The store is in /data, or elsewhere by TAMIS_STORE.
FROM python:3.12-slim AS build
WORKDIR /build
COPY deploy/requirements.lock ./
RUN python -m venv /opt/tamis \
 && /opt/tamis/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/tamis/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin tamis \
 && install --directory --owner tamis --group tamis --mode 0700 /data
COPY --from=build /opt/tamis /opt/tamis
ENV PATH=/opt/tamis/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    TAMIS_HOST=0.0.0.0 \
    TAMIS_STORE=/data/tamis.db
WORKDIR /data
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('TAMIS_PORT', '8080') + os.environ.get('TAMIS_PATH', '') + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tamis"]
CMD ["serve"]
