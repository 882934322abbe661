"""The floor: a FastAPI that reads a webhook's JSON and answers 200, and does nothing else."""

from __future__ import annotations

import json
import sys

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.post("/webhooks/{channel}")
async def webhook(channel: str, request: Request) -> Response:  # noqa: ARG001  every channel is alike here
    """Nothing is proved, stored or answered."""
    json.loads(await request.body())
    return Response(status_code=200)


@app.get("/health")
async def health() -> Response:
    """Up."""
    return Response(status_code=200)


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), access_log=False, log_level="warning")
