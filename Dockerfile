# The operator's image: Python, git with ssh, the packages of requirements/operator.lock, and the operator. Nothing else of the
# repository.
# tests/integration/image runs the steps of the stage `build` as they stand here.

ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS uv
COPY requirements/uv.lock /src/requirements/
RUN pip install --no-cache-dir --root-user-action=ignore --require-hashes --only-binary :all: -r /src/requirements/uv.lock

FROM ${PYTHON_IMAGE} AS build
COPY --from=uv /usr/local/bin/uv /usr/local/bin/uv
ARG PREFIX=/opt/mwaa-operator
# Bytecode is compiled here: the root file system of the pod is read only, and starting up would compile it again each time.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /src
RUN uv venv --python python3 ${PREFIX}
# First what seldom changes, so that a change of the operator alone is a small layer.
COPY requirements/operator.lock requirements/build.lock requirements/
RUN uv pip install --python ${PREFIX} --require-hashes --only-binary :all: -r requirements/operator.lock
COPY operator operator
# The build backend is held to hashes as well.
RUN uv build --wheel --python ${PREFIX} --require-hashes --build-constraints requirements/build.lock --out-dir dist operator
RUN uv pip install --python ${PREFIX} --offline --no-deps dist/*.whl
RUN uv pip check --python ${PREFIX}

FROM ${PYTHON_IMAGE}
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="mwaa-operator" \
      org.opencontainers.image.description="A Kubernetes operator for Amazon Managed Workflows for Apache Airflow (MWAA)" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
# git fetches code for `artifacts`, by https and by ssh. ssh wants its user to have an entry in /etc/passwd.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git openssh-client && rm -rf /var/lib/apt/lists/* \
    && echo 'mwaa-operator:x:65532:65532::/:/usr/sbin/nologin' >> /etc/passwd
COPY --from=build /opt/mwaa-operator /opt/mwaa-operator
# Under another user, who may have no entry, kopf wants to know its name, and the Kubernetes client its home, which it leaves alone.
# Threads mostly wait: with an arena of memory for each few of them glibc would keep more of it than it uses.
ENV PATH=/opt/mwaa-operator/bin:${PATH} HOME=/ USER=mwaa-operator PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2
# A number, so that the kubelet can see that it is not root.
USER 65532:65532
EXPOSE 8080
# For engines other than Kubernetes, which goes by the probes of the Deployment.
HEALTHCHECK --interval=20s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; connection = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('MWAA_OPERATOR_HTTP_PORT', '8080')), timeout=4); connection.request('GET', '/healthz'); sys.exit(connection.getresponse().status != 200)"]
ENTRYPOINT ["mwaa-operator"]
CMD ["run"]
