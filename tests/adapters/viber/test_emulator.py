"""The emulator of Viber by other hands: the official library, and bodies that Viber refuses."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from viberbot import Api, BotConfiguration
from viberbot.api.messages import TextMessage

from adapters.transport import HttpTransport
from tests.adapters.viber_stage import House
from tests.contract.case_viber import PERSON, TOKEN
from tests.emulators.viber import ViberServer


async def test_the_official_library_sends_with_its_token_in_the_body(viber: ViberServer) -> None:
    api = Api(BotConfiguration(auth_token=TOKEN, name="Приймальня", avatar=""))
    api._request_sender._viber_bot_api_url = viber.base
    (token,) = await asyncio.to_thread(api.send_messages, PERSON, [TextMessage(text="Так.")])
    assert token > 2**53
    assert [shown.text for shown in viber.screen(PERSON)] == ["Так."]
    assert (await asyncio.to_thread(api.get_account_info))["subscribers_count"] == 1
    with pytest.raises(Exception, match="status: 6"):
        await asyncio.to_thread(
            api.send_messages, viber.phone("passer-by==").person, [TextMessage(text="Так.")]
        )


async def test_the_official_library_takes_the_emulators_signature(house: House) -> None:
    await house.viber.write(PERSON, "субсидія")
    api = Api(BotConfiguration(auth_token=TOKEN, name="Приймальня", avatar=""))
    body, signature, in_address = house.proofs[-1]
    assert api.verify_signature(body, signature)
    assert signature == in_address


BUTTON = {"Columns": 6, "Rows": 1, "ActionType": "reply", "ActionBody": "x", "Text": "x"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 0),
        ({"text": "д" * 7_001}, 3),
        ({"text": ""}, 4),
        ({"text": "🙂" * 7_000, "tracking_data": "т" * 1_500}, 3),
        ({"tracking_data": "т" * 4_001}, 3),
        ({"sender": {"name": "Д" * 29}}, 3),
        ({"sender": None}, 4),
        ({"receiver": None}, 4),
        ({"receiver": "nobody=="}, 5),
        ({"type": "voice"}, 3),
        ({"type": "file", "media": "https://a.example/a.pdf", "file_name": "a.pdf"}, 4),
        ({"type": "file", "media": "https://a.example/a", "file_name": "a", "size": 50_000_001}, 3),
        ({"min_api_version": 99}, 13),
        ({"keyboard": {"Buttons": [{**BUTTON, "ActionType": "share-phone"}]}}, 3),
        ({"keyboard": {"Buttons": [{**BUTTON, "ActionType": "share-phone"}]}, "min_api_version": 3}, 0),
    ],
)
async def test_the_emulator_answers_as_viber_does(
    viber: ViberServer, changed: dict[str, Any], status: int
) -> None:
    body = {"receiver": PERSON, "type": "text", "text": "Так.", "sender": {"name": "Приймальня"}, **changed}
    assert await asked(viber, body) == status


@pytest.mark.parametrize(
    "keyboard",
    [
        {"Buttons": []},
        {"Buttons": [{**BUTTON, "Columns": 7}]},
        {"Buttons": [{**BUTTON, "Rows": 3}]},
        {"Buttons": [{**BUTTON, "ActionBody": ""}]},
        {"Buttons": [BUTTON] * 13},
        {"Buttons": [{**BUTTON, "Text": "x" * 251}]},
        {"Buttons": [BUTTON], "InputFieldState": "hidden"},
        {"Buttons": [BUTTON], "BgColor": "white"},
    ],
)
async def test_the_emulators_phones_refuse_what_the_server_took(
    viber: ViberServer, keyboard: dict[str, Any]
) -> None:
    body = {"receiver": PERSON, "type": "text", "text": "Так.", "sender": {"name": "П"}, "keyboard": keyboard}
    assert await asked(viber, body) == 0
    assert viber.screen(PERSON) == ()


async def asked(viber: ViberServer, body: dict[str, Any]) -> int:
    transport = HttpTransport()
    try:
        answer = await transport.request(
            "POST", f"{viber.base}/send_message", headers={"X-Viber-Auth-Token": TOKEN}, json_body=body
        )
    finally:
        await transport.close()
    status = answer.json()["status"]
    assert isinstance(status, int)
    return status
