"""What the Send API and the Messenger profile accept, and how the Graph API says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TEXT_LIMIT = 2000
TEMPLATE_TEXT_LIMIT = 640
TITLE_LIMIT = 20
PAYLOAD_LIMIT = 1000
METADATA_LIMIT = 1000
QUICK_REPLIES_LIMIT = 13
TEMPLATE_BUTTONS_LIMIT = 3
ELEMENTS_LIMIT = 10
ELEMENT_TITLE_LIMIT = 80
PERSONA_NAME_LIMIT = 50
GREETING_LIMIT = 160
MENU_LIMIT = 20
MENU_TITLE_LIMIT = 30
IMAGE_BYTES = 8 * 1024 * 1024
FILE_BYTES = 25 * 1024 * 1024

PROFILE = ("get_started", "greeting", "persistent_menu", "ice_breakers")
FIELDS = {
    "messages",
    "messaging_postbacks",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "messaging_referrals",
    "message_edits",
    "message_reactions",
    "messaging_optins",
    "messaging_handovers",
    "messaging_policy_enforcement",
    "standby",
}


@dataclass
class GraphError(Exception):
    """An error as the Graph API answers it."""

    code: int
    message: str
    subcode: int | None = None
    status: int = 400
    type: str = "OAuthException"

    def body(self) -> dict[str, Any]:
        """`{"error": {…}}`."""
        error: dict[str, Any] = {"message": f"(#{self.code}) {self.message}", "type": self.type}
        error |= {"code": self.code, "fbtrace_id": "A1b2C3d4E5f"}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error}


@dataclass(frozen=True)
class Upload:
    """The `filedata` of a form."""

    content: bytes
    name: str
    media_type: str


def invalid(what: str, subcode: int | None = None) -> GraphError:
    """Error 100."""
    return GraphError(100, what, subcode)


def check_message(message: object, upload: Upload | None) -> Mapping[str, Any]:
    """A message the vendor takes. Raises GraphError."""
    if not isinstance(message, dict):
        raise invalid("param message must be an object.")
    if ("text" in message) == ("attachment" in message):
        raise invalid("Must specify exactly one of text and attachment.")
    if "text" in message:
        _text(message["text"], "message[text]", TEXT_LIMIT)
    else:
        _attachment(message["attachment"], upload)
    replies = message.get("quick_replies", [])
    if not isinstance(replies, list) or len(replies) > QUICK_REPLIES_LIMIT:
        raise invalid("param quick_replies must be an array of at most 13 elements.")
    for reply in replies:
        _quick_reply(reply)
    if "metadata" in message:
        _text(message["metadata"], "message[metadata]", METADATA_LIMIT)
    return message


def check_profile(profile: object, has_get_started: bool) -> Mapping[str, Any]:
    """A Messenger profile the vendor takes. Raises GraphError."""
    if not isinstance(profile, dict) or not profile:
        raise invalid("Requires one of the params: get_started, greeting, persistent_menu")
    if "get_started" in profile:
        _text(_of(profile["get_started"]).get("payload"), "get_started[payload]", PAYLOAD_LIMIT)
    for greeting in _locales(profile, "greeting"):
        _text(greeting.get("text"), "greeting[text]", GREETING_LIMIT)
    for menu in _locales(profile, "persistent_menu"):
        if not has_get_started and "get_started" not in profile:
            raise invalid(
                "You must set a Get Started button if you also wish to use persistent menu", 2018145
            )
        buttons = menu.get("call_to_actions")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= MENU_LIMIT:
            raise invalid("param call_to_actions must have from 1 to 20 elements.")
        for button in buttons:
            _button(button, MENU_TITLE_LIMIT)
    return profile


def check_fields(named: object) -> set[str]:
    """Webhook fields by their names. Raises GraphError."""
    fields = set(named if isinstance(named, list) else str(named or "").split(","))
    if not fields or not fields <= FIELDS:
        raise invalid(f"Param subscribed_fields must be one of {{{', '.join(sorted(FIELDS))}}}")
    return fields


def check_persona(persona: Mapping[str, Any]) -> tuple[str, str]:
    """Name and picture. Raises GraphError."""
    _text(persona.get("name"), "name", PERSONA_NAME_LIMIT)
    picture = persona.get("profile_picture_url")
    if not isinstance(picture, str) or not picture.startswith(("http://", "https://")):
        raise invalid("The parameter profile_picture_url is required.")
    return persona["name"], picture


def buttons_of(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The buttons of a template: they stay."""
    payload = _of(_of(message.get("attachment")).get("payload"))
    inside = [*payload.get("buttons", [])]
    for element in payload.get("elements", []):
        inside += element.get("buttons", [])
    return inside


def words_of(message: Mapping[str, Any]) -> str:
    """What a person reads."""
    payload = _of(_of(message.get("attachment")).get("payload"))
    elements = [f"{one['title']}\n{one.get('subtitle', '')}".strip() for one in payload.get("elements", [])]
    return message.get("text") or payload.get("text") or "\n\n".join(elements)


def _text(value: object, name: str, limit: int) -> None:
    if not isinstance(value, str) or not value:
        raise invalid(f"Param {name} must be a non-empty UTF-8 encoded string")
    if len(value) > limit:
        raise invalid(f"Length of param {name} must be less than or equal to {limit}")


def _quick_reply(reply: object) -> None:
    kind = _of(reply).get("content_type")
    if kind == "text":
        _text(_of(reply).get("title"), "quick_replies[title]", TITLE_LIMIT)
        _text(_of(reply).get("payload"), "quick_replies[payload]", PAYLOAD_LIMIT)
    elif kind not in {"user_phone_number", "user_email"}:
        raise invalid("param quick_replies[content_type] must be one of text, user_phone_number, user_email")


def _attachment(attachment: object, upload: Upload | None) -> None:
    kind, payload = _of(attachment).get("type"), _of(_of(attachment).get("payload"))
    if kind == "template":
        _template(payload)
    elif kind in {"image", "audio", "video", "file"}:
        if upload is None and not (payload.get("url") or payload.get("attachment_id")):
            raise invalid("Must upload a file or give a url or an attachment_id")
        if upload is not None:
            if kind != "file" and not upload.media_type.startswith(f"{kind}/"):
                raise invalid("Upload attachment failure.", 2018047)
            if len(upload.content) > (IMAGE_BYTES if kind == "image" else FILE_BYTES):
                raise invalid("Attachment size exceeds allowable limit.", 2018109)
    else:
        raise invalid("param message[attachment][type] must be one of image, audio, video, file, template")


def _template(payload: Mapping[str, Any]) -> None:
    match payload.get("template_type"):
        case "button":
            _text(payload.get("text"), "text", TEMPLATE_TEXT_LIMIT)
            _template_buttons(payload.get("buttons"), least=1)
        case "generic":
            elements = payload.get("elements")
            if not isinstance(elements, list) or not 1 <= len(elements) <= ELEMENTS_LIMIT:
                raise invalid("param elements must have from 1 to 10 elements.")
            for element in map(_of, elements):
                _text(element.get("title"), "elements[title]", ELEMENT_TITLE_LIMIT)
                if "subtitle" in element:
                    _text(element["subtitle"], "elements[subtitle]", ELEMENT_TITLE_LIMIT)
                if len(element) < 2:
                    raise invalid("Element must have at least one property besides title.")
                _template_buttons(element.get("buttons", []), least=0)
        case _:
            raise invalid("param template_type is not known")


def _template_buttons(buttons: object, least: int) -> None:
    if not isinstance(buttons, list) or not least <= len(buttons) <= TEMPLATE_BUTTONS_LIMIT:
        raise invalid("param buttons must have at most 3 elements.")
    for button in buttons:
        _button(button, TITLE_LIMIT)


def _button(button: object, title_limit: int) -> None:
    fields = _of(button)
    _text(fields.get("title"), "title", title_limit)
    match fields.get("type"):
        case "postback":
            _text(fields.get("payload"), "payload", PAYLOAD_LIMIT)
        case "web_url":
            if not str(fields.get("url", "")).startswith(("http://", "https://")):
                raise invalid("param url should represent a valid URL")
        case _:
            raise invalid("param type is not a button's")


def _locales(profile: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    if name not in profile:
        return []
    given = [_of(one) for one in profile[name]] if isinstance(profile[name], list) else []
    if not any(one.get("locale") == "default" for one in given):
        raise invalid(f"param {name} must have an element with locale default")
    return given


def _of(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
