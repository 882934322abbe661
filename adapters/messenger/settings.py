"""What `MESSENGER_…` variables may say."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from adapters.supplies import ChannelSettings

API_BASE = "https://graph.facebook.com"
VERSION = "v25.0"
"""In force until 2028-07-29; each version of the Graph API lives about two years."""

Id = r"^\d{1,30}$"


class MessengerSettings(ChannelSettings):
    """The Page, its token and its app. `human_agent`: Meta has granted this app the Human Agent feature."""

    page_id: str = Field(pattern=Id)
    page_token: SecretStr = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    app_id: str | None = Field(default=None, pattern=Id)
    verify_token: SecretStr | None = None
    api_base: str = API_BASE
    version: str = Field(default=VERSION, pattern=r"^v\d{1,3}\.\d{1,2}$")
    human_agent: bool = False
    per_second: float | None = Field(default=None, gt=0, le=10_000)

    @field_validator("api_base")
    @classmethod
    def _reached_safely(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.hostname and (
            parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
        ):
            return address.rstrip("/")
        raise ValueError("must be an https address")


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine, named by its number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
