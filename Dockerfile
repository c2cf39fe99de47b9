# lrviz in a container: Python, the pinned packages and the app; nothing that builds.
#
#   docker build -t lrviz .
#   docker run --read-only --tmpfs /tmp -p 8501:8501 lrviz

FROM python:3.13-slim AS packages
WORKDIR /opt
COPY requirements.txt .
# No pip in the environment, and byte code made now: at run time nothing is written.
RUN python -m venv --without-pip env \
    && python -m pip --python env/bin/python install --no-cache-dir --disable-pip-version-check \
        --only-binary=:all: -r requirements.txt \
    && env/bin/python -m compileall -q env/lib

FROM python:3.13-slim
RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin lrviz
COPY --from=packages /opt/env /opt/env
WORKDIR /srv/lrviz
COPY app.py LICENSE ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY lrviz lrviz
RUN /opt/env/bin/python -m compileall -q app.py lrviz
ENV PATH=/opt/env/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none
USER 10001
EXPOSE 8501
# Under a sub-path, health is below it too.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; p = os.environ.get('STREAMLIT_SERVER_BASE_URL_PATH', '').strip('/'); u.urlopen('http://127.0.0.1:' + os.environ['STREAMLIT_SERVER_PORT'] + (p and '/' + p) + '/_stcore/health', timeout=2)"]
CMD ["streamlit", "run", "app.py"]
