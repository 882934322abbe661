"""What a specialist sees of the channel: its window and price, where each message is, and files on their way."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from conversations import outbox, remote_files, transcript
from conversations.channel import Sent
from conversations.messages import (
    AttachmentKind,
    AuthorKind,
    DeliveryReceipt,
    DeliveryState,
    MessageKind,
    RemoteFile,
)
from conversations.outbox import Arrived, Failed, Retry, Unknown
from handover.accounts.permissions import Role
from handover.tickets import reach
from handover.workplace.vendor_words import (
    mended,
    what_vendor_complains_of,
    why_no_file,
    why_not_sent,
)
from tests.handover.handover_world import COMMUNITY, actions, bot_says, said, transcript_of, waiting

BLOCKED = "Forbidden: bot was blocked by the user (403)"


def shown(page):
    """The words of a page as an eye reads them."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ").split())


LINE = re.compile(
    r'<div id="window" data-closed="(yes|no)"[^>]*>\s*(?:<div class="notice[^>]*>.*?"window-text">([^<]*)<)?',
    re.DOTALL,
)


def line_of(page):
    """The line above the composer, and whether it is closed to replies."""
    (found,) = LINE.finditer(page)
    text = found.group(2)
    return (unescape(text).replace("\u00a0", " ") if text else None), found.group(1) == "yes"


async def led(reception, person, heard_at, channel, **more):
    """A conversation of this channel whose person last wrote then, and which this specialist leads."""
    chat = (await waiting(reception.database, heard_at, channel=channel, **more)).conversation_id
    assert (await person.act(chat, "take")).status_code == 200
    return chat


async def line_above(person, chat):
    return line_of((await person.get(f"/workplace/conversations/{chat}/window")).text)


CLOSED = "месенджер не пропустить відповідь. Відповісти можна буде, коли людина напише."


@pytest.mark.parametrize(
    ("channel", "ago", "expected"),
    [
        ("messenger", timedelta(hours=2), "Можна писати до 8:30 завтра."),
        ("messenger", timedelta(hours=22), "Можна писати до 12:30."),
        ("messenger", timedelta(hours=22, minutes=20), "Писати сюди можна ще 1 год 40 хв, до 12:10."),
        ("messenger", timedelta(hours=23, minutes=48), "Писати сюди можна ще 12 хв, до 10:42."),
        ("messenger", timedelta(hours=24), f"Вікно закрите з 10:30: {CLOSED}"),
        ("messenger", timedelta(hours=47), f"Вікно закрите з учора, 11:30: {CLOSED}"),
        ("messenger", timedelta(days=5), f"Вікно закрите з 20 листопада, 10:30: {CLOSED}"),
        ("viber", timedelta(hours=2), "Безкоштовно до 8:30 завтра, далі кожне повідомлення 0,0196 €."),
        ("viber", timedelta(hours=22), "Безкоштовно до 12:30, далі кожне повідомлення 0,0196 €."),
        ("viber", timedelta(hours=22, minutes=1), "Після 12:29 кожне повідомлення платне: 0,0196 €."),
        ("viber", timedelta(hours=24), "Повідомлення зараз платне: 0,0196 €."),
        ("viber", timedelta(days=40), "Повідомлення зараз платне: 0,0196 €."),
        ("telegram", timedelta(days=40), None),
        ("web", timedelta(days=40), None),
    ],
)
async def test_the_line_says_how_long_one_may_write_and_what_it_costs(reception, now, channel, ago, expected):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - ago, channel)
    closed = channel == "messenger" and ago >= timedelta(days=1)
    assert await line_above(iryna, chat) == (expected, closed)
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert line_of(page) == (expected, closed)
    assert ('id="send" aria-disabled="true" aria-describedby="window-text"' in page) == closed
    asks_again = f'hx-get="/workplace/conversations/{chat}/window" hx-trigger="every 60s"' in page
    assert asks_again == (channel in ("messenger", "viber"))


async def test_the_line_changes_as_time_goes_by_and_goes_when_the_person_writes(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - timedelta(hours=23), "messenger")
    assert (await line_above(iryna, chat))[0].startswith("Писати сюди можна ще 1 год,")
    reception.wall.now += timedelta(hours=1)
    assert (await line_above(iryna, chat))[1]
    async with reception.database.write() as db:
        await transcript.hear(db, chat, said("x", "Ще тут", reception.wall.now), reception.wall.now)
    renewed = line_of((await iryna.get(f"/workplace/conversations/{chat}/live")).text)
    assert renewed == ("Можна писати до 11:30 завтра.", False)


async def test_with_a_phone_a_closed_window_says_to_call(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - timedelta(hours=24), "messenger", phone="+38 067 000 11 22")
    page = (await iryna.get(f"/workplace/conversations/{chat}/live")).text
    assert line_of(page)[0].endswith("месенджер не пропустить відповідь. Подзвоніть:")
    above = page[page.index('<div id="window"') : page.index('id="lines"')]
    assert 'href="tel:+380670001122"' in above


async def test_a_closed_window_takes_no_reply_but_a_note(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - timedelta(hours=24), "messenger")
    for part in (True, False):
        refused = await iryna.act(chat, "reply", text="Добрий день!", key="one", part=part)
        assert refused.status_code == 409
        assert "Вікно закрите з 10:30: месенджер не пропустить відповідь." in refused.text
        assert "не надіслано" in refused.text
    assert "Добрий день!</textarea>" in refused.text, "without a script the words come back on the page"
    assert (await iryna.act(chat, "note", text="Подзвонити", key="two")).status_code == 200
    assert "replied" not in await actions(reception.database, chat)
    async with reception.database.write() as db:
        await transcript.hear(db, chat, said("x", "Я тут", reception.wall.now), reception.wall.now)
    assert (await iryna.act(chat, "reply", text="Добрий день!", key="one")).status_code == 200
    kinds = [line.author.kind for line in await transcript_of(reception.database, chat)]
    assert kinds.count(AuthorKind.SPECIALIST) == 1


async def test_a_paid_message_is_sent_all_the_same(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now - timedelta(hours=30), "viber")
    assert (await iryna.act(chat, "reply", text="Добрий день!", key="one")).status_code == 200


async def test_a_colleagues_conversation_is_refused_as_such_whatever_its_window(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    chat = await led(reception, iryna, now - timedelta(hours=24), "messenger")
    refused = await oleh.act(chat, "reply", text="І я", key="one")
    assert "Відповідає Ірина Мельник" in refused.text


async def test_a_channel_that_is_gone_takes_no_reply(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now, "signal")
    text, closed = line_of((await iryna.get(f"/workplace/conversations/{chat}")).text)
    assert text.startswith("Канал Signal від’єднано: відповідь не піде.")
    assert closed
    refused = await iryna.act(chat, "reply", text="Добрий день!", key="one")
    assert refused.status_code == 409
    assert "від’єднано" in refused.text


async def test_the_line_is_for_whoever_answers_and_asking_for_it_is_no_reading(reception, now):
    iryna = await reception.signed_in("iryna")
    oleh = await reception.signed_in("oleh", name="Олег Дудка")
    editor = await reception.signed_in("editor", Role.EDITOR)
    stranger = await reception.signed_in("stranger", community="another")
    heard_at = now - timedelta(hours=30)
    chat = (await waiting(reception.database, heard_at, channel="viber")).conversation_id
    address = f"/workplace/conversations/{chat}/window"
    assert line_of((await oleh.get(address)).text)[0] is not None, "before it is taken everybody may answer"
    assert line_of((await editor.get(address)).text)[0] is None
    await iryna.act(chat, "take")
    assert line_of((await oleh.get(address)).text)[0] is None
    assert (await stranger.get(address)).status_code == 404
    assert await actions(reception.database, chat) == ["taken"]


async def test_whoever_is_not_reached_is_marked_in_the_queue_and_above_the_composer(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now, "telegram", phone="067 000 11 22", promised_at=now)
    assert "Не доходить" not in (await iryna.get("/workplace/queue?view=mine")).text
    async with reception.database.write() as db:
        await outbox.shut_out(db, chat, BLOCKED, now)
        await reach.not_delivered(db, COMMUNITY, chat, BLOCKED, now, author=AuthorKind.SPECIALIST)
    reception.wall.now += timedelta(minutes=5)
    row = (await iryna.get("/workplace/queue?view=mine")).text
    assert re.search(r'<span class="chip bad" title="Людина заблокувала бота"><svg.*?</svg>Не доходить', row)
    assert "прострочено" in row, "the promise stands beside it"
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    assert line_of(page) == ("Повідомлення не доходять: людина заблокувала бота.", False)
    assert page.count('href="tel:0670001122"') == 2
    async with reception.database.write() as db:
        await transcript.hear(db, chat, said("x", "Я тут", now), now)
        await reach.reached(db, [chat])
    assert line_of((await iryna.get(f"/workplace/conversations/{chat}/live")).text) == (None, False)
    assert "Не доходить" not in (await iryna.get("/workplace/queue?view=mine")).text


async def test_a_consultation_opened_because_words_did_not_arrive_says_so(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now, "telegram")
    await iryna.act(chat, "resolve", summary="Пояснено")
    async with reception.database.write() as db:
        await reach.not_delivered(db, COMMUNITY, chat, BLOCKED, now, author=AuthorKind.SPECIALIST)
    assert "Telegram · Відповідь не дійшла" in (await iryna.get("/workplace/queue?view=waiting")).text


async def fate(reception, chat, *, external_id="message-1", **how):
    """Send what is due in this conversation, and let the vendor say what became of it."""
    now = reception.wall.now
    async with reception.database.write() as db:
        (due,) = await outbox.claim_due(db, "worker", now)
        if "fails" in how:
            await outbox.mark(db, [(due, Failed(how["fails"]))], now)
        elif "waits" in how:
            await outbox.mark(db, [(due, Retry(now + timedelta(minutes=1), how["waits"]))], now)
        elif "unknown" in how:
            await outbox.mark(db, [(due, Unknown(how["unknown"]))], now)
        else:
            await outbox.mark(db, [(due, Arrived(Sent(external_id)))], now)
        if "told" in how:
            receipt = DeliveryReceipt(
                ref=due.ref, event_key="receipt", state=how["told"], external_id=external_id, at=now
            )
            await outbox.record_receipt(db, chat, receipt)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, "Надіслано"),
        ({"told": DeliveryState.DELIVERED}, "Доставлено"),
        ({"told": DeliveryState.SEEN}, "Прочитано"),
        ({"fails": BLOCKED}, "Не доставлено: людина заблокувала бота. Зв’яжіться інакше: телефоном."),
        ({"fails": "Quux (77)"}, "Не доставлено: «Quux (77)». Зв’яжіться інакше: телефоном."),
        ({"unknown": "no answer in time"}, "Невідомо, чи дійшло: канал не відповів вчасно"),
        ({"waits": "HTTP 502"}, "Ще не надіслано: канал не працює. Пробуємо далі"),
    ],
)
@pytest.mark.parametrize("author", ["specialist", "bot"])
async def test_each_message_says_where_it_is(reception, now, how, expected, author):
    iryna = await reception.signed_in("iryna")
    if author == "specialist":
        chat = await led(reception, iryna, now, "telegram")
        await iryna.act(chat, "reply", text="Добрий день!", key="one")
    else:
        chat = (await waiting(reception.database, now)).conversation_id
        await bot_says(reception.database, chat, "Добрий день!", now, epoch=1)
    await fate(reception, chat, **how)
    page = (await iryna.get(f"/workplace/conversations/{chat}")).text
    bubble = page[page.index("<b>Ви</b>" if author == "specialist" else "<b>Бот</b>") :]
    bubble = bubble[: bubble.index('id="compose"')]
    if author == "bot" and not set(how) - {"told"}:
        assert f'aria-label="{expected}"' in bubble
        assert 'class="state' not in bubble, "what arrived in order takes no line of its own"
    else:
        assert expected in shown(bubble)


async def test_a_file_with_the_vendor_is_announced_comes_live_or_says_why_not(reception, now):
    iryna = await reception.signed_in("iryna")
    chat = await led(reception, iryna, now, "telegram")
    photo = said("x", "", now, kind=MessageKind.PHOTO)
    paper = said("x", "ось договір", now, kind=MessageKind.DOCUMENT)
    async with reception.database.write() as db:
        for message, kind in ((photo, AttachmentKind.PHOTO), (paper, AttachmentKind.DOCUMENT)):
            position = await transcript.hear(db, chat, message, now)
            await remote_files.remember(
                db,
                chat,
                COMMUNITY,
                "telegram",
                position,
                message.event_key,
                [RemoteFile(kind=kind, handle=kind.value)],
                now,
            )
    page = shown((await iryna.get(f"/workplace/conversations/{chat}")).text)
    assert "Фото завантажується…" in page
    assert "Файл завантажується… ось договір" in page
    async with reception.database.write() as db:
        wanted = {
            one.handle: one
            for one in await remote_files.claim_due(
                db, "worker", now, channel="telegram", communities=[COMMUNITY], limit=5
            )
        }
        kept = await reception.store.put(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
        assert await remote_files.arrived(db, wanted["photo"], kept)
        await remote_files.failed(db, wanted["document"], "Bad Request: file is too big (400)")
    live = (await iryna.get(f"/workplace/conversations/{chat}/live")).text
    assert kept.content_hash in live
    assert "завантажується" not in live
    assert "Файл не завантажився: завеликий ось договір" in shown(live)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("the person blocked us or unsubscribed", "людина заблокувала бота або відписалася"),
        ("Forbidden: user is deactivated (403)", "людина видалила свій обліковий запис"),
        ("This person isn't receiving messages from you right now. (200/1545041)", "людина заблокувала бота"),
        ("receiverNotSubscribed (6)", "людина відписалася від бота"),
        ("receiverNotRegistered (5)", "у каналі такої людини вже немає"),
        ("Bad Request: chat not found (400)", "у каналі такої людини вже немає"),
        ("receiverNoSuitableDevice (7)", "у людини застарий телефон або застосунок"),
        ("apiVersionNotSupported (13)", "у людини застарий телефон або застосунок"),
        ("the window for answering had closed", "вікно відповіді закрилося"),
        (
            "(#10) This message is sent outside of allowed window. (10/2018278)",
            "вікно відповіді закрилося",
        ),
        ("rate limited", "забагато повідомлень за раз, канал просить зачекати"),
        ("the token is refused (401)", "канал не приймає наш ключ, покличте адміністратора"),
        (
            "the vendor refuses the Page's token or proof: Invalid OAuth access token (190)",
            "канал не приймає наш ключ, покличте адміністратора",
        ),
        ("taken without a message token", "канал не підтвердив, що прийняв"),
        ("Bad Request: message is too long (400)", "завелике для цього каналу"),
        ("Bad Request: message text is empty (400)", "канал не прийняв цього повідомлення"),
        ("the vendor did not answer in time", "канал не відповів вчасно"),
        ("no connection to the vendor", "канал не працює"),
        ("the worker stopped while sending", "збій на нашому боці"),
        ("Something new <b>", "«Something new <b>»"),
    ],
)
def test_a_vendors_reason_is_said_as_people_understand_it(reason, expected):
    assert why_not_sent(reason) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("too_large", "завеликий"),
        ("empty", "порожній"),
        ("kind", "такі файли не приймаємо"),
        ("the file is gone (404)", "у каналі його вже немає"),
        ("the vendor does not hand the file out", "канал його не віддає"),
        ("no answer in time", "канал не відповідає"),
        ("Kaput", "«Kaput»"),
    ],
)
def test_why_a_file_did_not_come(reason, expected):
    assert why_no_file(reason) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Wrong response from the webhook: 502 Bad Gateway", "наш сервер відповів каналу помилкою"),
        ("SSL error {error:0A000086}", "канал не довіряє сертифікату нашого сервера"),
        ("Connection timed out", "наш сервер не відповів каналу вчасно"),
        ("Connection refused", "канал не може з’єднатися з нашим сервером"),
        ("no webhook is set", "канал не знає, куди надсилати повідомлення"),
        ("the webhook is not this server's", "канал надсилає повідомлення на інший сервер"),
        ("The Page does not send us: messages.", "канал надсилає нам не все"),
        ("Kaput", "«Kaput»"),
    ],
)
def test_what_a_vendor_has_against_our_address(reason, expected):
    assert what_vendor_complains_of(reason) == expected


@pytest.mark.parametrize(
    ("said_by_channel", "reason", "setting"),
    [
        (
            "Telegram does not know this token. "
            "Take the token from @BotFather once more and put it into TELEGRAM_TOKEN.",
            "Канал не приймає ключ.",
            "TELEGRAM_TOKEN",
        ),
        (
            "Telegram can't be reached: no connection to the vendor. "
            "Check that this machine reaches TELEGRAM_API_BASE, then try again.",
            "Канал не відповідає.",
            "TELEGRAM_API_BASE",
        ),
        (
            "Meta does not let us in as this Page. (#190) expired (190). "
            "Check MESSENGER_PAGE_ID, MESSENGER_PAGE_TOKEN, MESSENGER_APP_SECRET.",
            "Канал не приймає ключ.",
            "MESSENGER_PAGE_ID, MESSENGER_PAGE_TOKEN, MESSENGER_APP_SECRET",
        ),
        (
            "Viber gives no answer: HTTP 502. Look at VIBER_API_BASE.",
            "Канал не відповідає.",
            "VIBER_API_BASE",
        ),
        ("Something new.", "Канал повідомив про помилку.", ""),
    ],
)
def test_a_channels_fault_comes_with_its_mend(said_by_channel, reason, setting):
    fault = mended(said_by_channel)
    assert fault.reason == reason
    assert fault.mend.endswith(f"Налаштування: {setting}." if setting else "сервер.")
