"""All that the commands of `pryimalnia` load when they run, so that `tests.commands` forks from what is loaded."""
# ruff: noqa: F401

import aiosqlite
import asyncpg
import sqlalchemy.dialects.postgresql.asyncpg
import sqlalchemy.dialects.sqlite.aiosqlite
import uvicorn.loops.auto
import uvicorn.protocols.http.auto
import uvicorn.protocols.websockets.auto

import adapters.messenger.channel
import adapters.telegram.channel
import adapters.viber.channel
import bots.app.accounts
import bots.app.archive
import bots.app.channels
import bots.app.cli
import bots.app.conversation
import bots.app.evaluation
import bots.app.serving
