"""The chat page in a real browser on a small phone: what a citizen sees, also without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from conversations.messages import Card, Choice, IncomingMessage, Location, Pin, Reply
from tests.adapters.conftest import Served
from tests.adapters.page_stage import BOT, PHONE, PNG, SPECIALIST, Conversation, Stage

QUESTION = "скільки зараз платять переселенцям на дітей"
JOINED = "З вами Марія Зразкова, спеціалістка. Далі відповідає людина, бот мовчить."


def ask(page: Page, text: str = QUESTION) -> None:
    page.get_by_label("Ваше повідомлення").fill(text)
    page.get_by_label("Надіслати", exact=True).click()


def silent(stage: Stage, conversation: Conversation, message: IncomingMessage) -> None:
    """A bot that says nothing."""


def bot_says(served: Served, *texts: str) -> None:
    for text in texts:
        served.do(lambda said=text: served.stage.feed.say(served.stage.feed.only(), BOT, Reply(text=said)))


def bot_says_after(page: Page, served: Served, text: str) -> None:
    """What the bot says by itself once it has answered."""
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    bot_says(served, text)


def test_an_empty_page_says_who_is_here_and_offers_a_way(page: Page) -> None:
    expect(page.get_by_text("Це бот. Людину можна покликати в будь-яку мить.")).to_be_visible()
    expect(page.get_by_text("Добрий день! Це Приймальня")).to_be_visible()
    page.get_by_role("button", name="Життєві ситуації").click()
    expect(page.get_by_text("Виберіть або напишіть своїми словами.")).to_be_visible()
    expect(page.get_by_text("Добрий день! Це Приймальня")).to_have_count(0)


def test_a_question_gets_its_answer_card(page: Page) -> None:
    ask(page)
    expect(page.locator(".own .bubble")).to_have_text(QUESTION)
    card = page.get_by_role("article")
    expect(card.get_by_role("heading").first).to_have_text("Допомога на проживання ВПО")
    expect(card.locator(".answer")).to_contain_text("3\u00a0000\u00a0грн на дитину")
    expect(card.get_by_role("listitem")).to_have_count(3)
    link = card.get_by_role("link")
    expect(link).to_contain_text("постанова КМУ № 332 від 20.03.2022")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(page.get_by_label("Ваше повідомлення")).to_have_value("")


def test_a_place_and_a_way_are_links_to_a_map_in_a_tab_of_its_own(page: Page, served: Served) -> None:
    way = "https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot&to=49.5001%2C31.5001"
    pin = Pin(
        location=Location(latitude=49.5001, longitude=31.5001),
        title="Управління соцзахисту",
        address="м. Зразків, вул. Липова, 12",
        link="https://www.openstreetmap.org/?mlat=49.5001&mlon=31.5001&zoom=17",
    )
    text = f"Управління соцзахисту: вул. Липова, 12\nТелефон: 0 400 00 00 00.\nЯк дістатися:\n{way}\nДо зустрічі."
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    served.do(lambda: served.stage.feed.say(served.stage.feed.only(), BOT, Reply(text=text, pin=pin)))
    bubble = page.locator(".other .bubble").last
    expect(bubble).to_contain_text("Як дістатися:\nopenstreetmap.org")
    expect(bubble.get_by_role("link", name="openstreetmap.org")).to_have_attribute("href", way)
    expect(bubble.get_by_role("link", name="0 400 00 00 00")).to_have_attribute("href", "tel:0400000000")
    shown = page.get_by_role("link", name="Показати на мапі: Управління соцзахисту")
    expect(shown).to_have_attribute("href", pin.link)
    for link in (shown, bubble.get_by_role("link", name="openstreetmap.org")):
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_have_attribute("target", "_blank")


def test_an_address_in_a_sentence_ends_where_the_sentence_does(page: Page, served: Served) -> None:
    bot_says_after(page, served, "Докладно: https://example.org/a?b=1. Або https://https:// і https://x.")
    links = page.locator(".other .bubble").last.get_by_role("link")
    expect(links).to_have_count(1)
    expect(links.first).to_have_attribute("href", "https://example.org/a?b=1")


def test_the_ways_out_stand_quietly_under_the_buttons(page: Page) -> None:
    ask(page)
    expect(page.locator(".ways button")).to_have_text(["Меню", "Покликати людину"])
    page.locator(".ways").get_by_role("button", name="Меню").click()
    expect(page.locator(".own .bubble").last).to_have_text("Меню")


def test_only_the_next_step_of_an_answer_is_filled(page: Page, served: Served) -> None:
    """A list is there to be read and ticked: nothing under it is pressed before that."""
    step = Choice(id="a:s:d", label="Документи")
    answers = [
        Card(title="Субсидія", answer="Так."),
        Card(title="Субсидія", answer="Перелік", items=("Заява",)),
    ]
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    for shown, (card, look) in enumerate(zip(answers, ("tap main", "tap"), strict=True), start=2):
        reply = Reply(text=card.answer, card=card, choices=(step,))
        served.do(lambda said=reply: served.stage.feed.say(served.stage.feed.only(), BOT, said))
        expect(page.get_by_role("article")).to_have_count(shown)
        last = page.get_by_role("article").last
        expect(last.get_by_role("button", name="Документи")).to_have_class(look)


def test_the_first_sentence_is_big_and_the_rest_a_paragraph_a_line(page: Page, served: Served) -> None:
    card = Card(
        title="Довідка",
        answer="Беруть у ЦНАПі, м. Зразків, вул. Садова, 4. Найшвидше — у Дії.",
        note="Подавайте, де живете.\nУ селі прийме староста.",
    )
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    served.do(lambda: served.stage.feed.say(served.stage.feed.only(), BOT, Reply(text="Довідка", card=card)))
    shown = page.get_by_role("article").last
    expect(shown.locator(".answer")).to_have_text("Беруть у ЦНАПі, м. Зразків, вул. Садова, 4.")
    expect(shown.locator(".note p")).to_have_text(
        ["Найшвидше — у Дії.", "Подавайте, де живете.", "У селі прийме староста."]
    )


def test_a_phone_is_a_touch_away_and_a_number_never_breaks(page: Page, served: Served) -> None:
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    bot_says(
        served,
        "Загрожують зараз — 102. Порада: 15-47 або 116 123, офіс 0 (00) 000-00-06. Номер 26-0007, 102 грн.",
    )
    said = page.locator(".other .bubble").last
    expect(said.get_by_role("link")).to_have_text(["102", "15-47", "116 123", "0 (00) 000-00-06"])
    expect(said.get_by_role("link").last).to_have_attribute("href", "tel:0000000006")
    expect(said.locator("span.tel")).to_have_text(["26-0007"])
    assert said.locator(".tel").evaluate_all("(all) => all.every((one) => one.getClientRects().length === 1)")


def test_the_start_of_a_tall_answer_is_in_sight(page: Page) -> None:
    ask(page)
    expect(page.locator(".card h2")).to_be_in_viewport()


def test_a_little_too_tall_answer_keeps_its_first_words_when_the_foot_grows(page: Page) -> None:
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    # The height of a window that hides the top of such an answer by 60 pixels once its end is in sight.
    height = page.evaluate(
        """document.documentElement.scrollHeight - 60 + 16 + document.querySelector(".top").offsetHeight
            - document.querySelector(".card").getBoundingClientRect().top - scrollY"""
    )
    page.set_viewport_size({"width": 360, "height": round(height)})
    ask(page)
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator(".card h2").last).to_be_in_viewport()
    top = "document.querySelectorAll('.turn')[1].getBoundingClientRect().top"
    two_frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(two_frames)
    before = page.evaluate(top)
    page.evaluate("document.querySelector('#trouble').hidden = false")
    page.evaluate(two_frames)
    assert page.evaluate(top) == pytest.approx(before, abs=1)
    assert before >= page.evaluate("document.querySelector('.top').offsetHeight")


def test_a_citizen_who_scrolls_on_is_not_pulled_back(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 480})
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".card h2")).to_be_in_viewport()
    page.mouse.move(180, 240)
    page.mouse.wheel(0, 5_000)
    expect(page.get_by_role("button", name="Де подати")).to_be_in_viewport()
    page.get_by_label("Ваше повідомлення").fill("рядок\nрядок\nрядок")
    expect(page.get_by_role("button", name="Покликати людину")).to_be_in_viewport()


@pytest.mark.parametrize("together", [True, False], ids=["at once", "one by one"])
def test_after_a_greeting_the_question_and_its_answers_are_in_sight(
    page: Page, served: Served, together: bool
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    served.stage.script = silent
    ask(page)
    expect(page.locator(".own")).to_have_count(1)
    greeting = Reply(text="Добрий день! Це Приймальня, бот управління соцзахисту. " * 11)
    names = {"mother": "Мати", "father": "Батько", "guardian": "Опікун"}
    answers = tuple(Choice(id=f"i:x:{role}", label=name) for role, name in names.items())
    question = Reply(text="Хто подаватиме заяву?", choices=answers)

    def speak(*replies: Reply) -> None:
        conversation = served.stage.feed.only()
        for reply in replies:
            served.stage.feed.say(conversation, BOT, reply, wake=False)
        served.stage.feed.wake(conversation)

    if together:
        served.do(lambda: speak(greeting, question))
    else:
        served.do(lambda: speak(greeting))
        expect(page.locator(".turn")).to_have_count(1)
        served.do(lambda: speak(question))
    expect(page.locator(".turn")).to_have_count(2)
    for choice in answers:
        expect(page.get_by_role("button", name=choice.label)).to_be_in_viewport()


def test_a_button_says_its_label_and_older_ones_still_work(page: Page) -> None:
    ask(page)
    page.get_by_role("button", name="Документи").click()
    expect(page.locator(".own .bubble").last).to_have_text("Документи")
    expect(page.locator(".acts").last).not_to_have_class("acts past")
    expect(page.locator(".acts").first).to_have_class("acts past")
    page.get_by_role("button", name="Де подати").click()
    expect(page.locator(".own .bubble").last).to_have_text("Де подати")


def test_what_was_said_is_there_after_a_reload_once(page: Page) -> None:
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".own .bubble")).to_have_text([QUESTION])
    expect(page.get_by_text("Добрий день! Це Приймальня")).to_have_count(0)


def test_words_stay_words(page: Page) -> None:
    markup = "<img src=x onerror=alert(1)><b>жирно</b> https://evil.example"
    ask(page, markup)
    expect(page.locator(".own .bubble")).to_have_text(markup)
    expect(page.locator(".log img, .log b, .own a")).to_have_count(0)


def test_while_the_server_is_away_a_message_waits_and_then_arrives_once(page: Page, served: Served) -> None:
    served.stage.away = True
    ask(page)
    expect(page.locator(".own.waiting")).to_contain_text("Чекає на зв’язок")
    expect(page.get_by_text("Зв’язку немає. Надішлемо, коли буде.")).to_be_visible()
    served.stage.away = False
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".own.waiting")).to_have_count(0)
    expect(page.get_by_text("Зв’язку немає")).to_be_hidden()
    expect(page.locator(".own .bubble")).to_have_text([QUESTION])


def test_a_lost_answer_to_a_stored_message_doubles_nothing(page: Page, served: Served) -> None:
    served.stage.lose_answers = True
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    served.stage.lose_answers = False
    ask(page, "а де подати")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.locator(".own .bubble")).to_have_text([QUESTION, "а де подати"])
    expect(page.get_by_text("Зв’язку немає")).to_be_hidden()
    assert len(served.stage.keys) == 2


def test_an_unsent_message_survives_a_reload(page: Page, served: Served) -> None:
    served.stage.away = True
    ask(page)
    expect(page.locator(".own.waiting")).to_have_count(1)
    page.reload()
    expect(page.locator(".own.waiting .bubble")).to_have_text(QUESTION)
    served.stage.away = False
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".own .bubble")).to_have_text([QUESTION])


def test_a_draft_survives_a_reload(page: Page) -> None:
    page.get_by_label("Ваше повідомлення").fill("недописане пит")
    page.reload()
    expect(page.get_by_label("Ваше повідомлення")).to_have_value("недописане пит")


def test_what_was_said_without_a_network_is_caught_up_once_and_in_order(
    page: Page, phone: BrowserContext, served: Served
) -> None:
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    phone.set_offline(True)
    bot_says(served, "перше", "друге")
    phone.set_offline(False)
    bot_says(served, "третє")
    expect(page.locator(".other .bubble")).to_have_text(["перше", "друге", "третє"])


def test_a_visitor_whose_cookie_is_gone_is_told_and_loses_nothing(page: Page, phone: BrowserContext) -> None:
    phone.clear_cookies()
    ask(page)
    expect(page.get_by_role("alert")).to_contain_text("Оновіть її: написане збережено")
    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".own .bubble")).to_have_text([QUESTION])


def test_a_refused_message_says_so(page: Page, served: Served) -> None:
    page.evaluate(
        "localStorage.setItem('pryimalnia-unsent', JSON.stringify([{key: 'x', kind: 'text', text: 'старе'}]))"
    )
    page.reload()
    expect(page.locator(".own.failed")).to_contain_text("Не надіслано")
    page.reload()
    expect(page.locator(".own")).to_have_count(0)


def test_a_person_is_called_waited_for_and_joins(page: Page, served: Served) -> None:
    page.get_by_role("button", name="Людина", exact=True).click()
    expect(page.locator("#owner")).to_have_text("передано людині, попереду 2 людини")
    expect(page.locator("#person")).to_be_hidden()

    def join() -> None:
        conversation = served.stage.feed.only()
        conversation.owner, conversation.owner_name = "specialist", SPECIALIST.name
        served.stage.feed.say(conversation, BOT, Reply(text=JOINED))
        served.stage.feed.say(conversation, SPECIALIST, Reply(text="Доброго дня, чим допомогти?"))

    served.do(join)
    expect(page.get_by_role("heading", level=1)).to_have_text("Марія Зразкова")
    expect(page.locator(".join")).to_have_text(JOINED)
    expect(page.locator(".human .from")).to_have_text("Марія Зразкова")
    expect(page.locator("#mark")).to_have_text("МЗ")


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        # At night nobody is next yet: the bot's own words say when a person comes.
        (0, "передано людині"),
        (1, "передано людині, попереду 1 людина"),
        (4, "передано людині, попереду 4 людини"),
        (12, "передано людині, попереду 12 людей"),
        (21, "передано людині, попереду 21 людина"),
    ],
)
def test_the_head_counts_people(page: Page, served: Served, ahead: int, words: str) -> None:
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)

    def wait_in_line() -> None:
        conversation = served.stage.feed.only()
        conversation.owner, conversation.ahead = "queue", ahead
        served.stage.feed.wake(conversation)

    served.do(wait_in_line)
    expect(page.locator("#owner")).to_have_text(words)


def test_a_question_with_answers_to_press_may_also_be_answered_in_words(page: Page, served: Served) -> None:
    field = page.get_by_label("Ваше повідомлення")
    expect(field).to_have_attribute("placeholder", "Ваше запитання")
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(field).to_have_attribute("placeholder", "Ваше запитання")
    answers = (Choice(id="i:x:yes", label="Так"), Choice(id="m:menu", label="Меню"))
    asked = Reply(text="Дитина живе з вами?", choices=answers)
    served.do(lambda: served.stage.feed.say(served.stage.feed.only(), BOT, asked))
    expect(field).to_have_attribute("placeholder", "Або напишіть тут")
    ways = Reply(text="Будь ласка!", choices=answers[1:])
    served.do(lambda: served.stage.feed.say(served.stage.feed.only(), BOT, ways))
    expect(field).to_have_attribute("placeholder", "Ваше запитання")


def test_own_messages_tell_how_far_they_got(page: Page, served: Served) -> None:
    served.stage.script = silent
    ask(page)
    expect(page.locator(".own .fate")).to_have_text("Отримано")
    expect(page.get_by_text("Бот пише…")).to_be_visible()
    bot_says(served, "Слухаю вас.")
    expect(page.get_by_text("Бот пише…")).to_be_hidden()
    expect(page.locator(".own .fate")).to_be_hidden()


def test_an_answer_faster_than_its_confirmation_leaves_nobody_writing(page: Page) -> None:
    page.clock.install()
    page.reload()
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator(".own .fate")).to_be_hidden()
    page.clock.run_for(5_000)
    expect(page.get_by_text("Бот пише…")).to_be_hidden()


def test_reading_above_is_not_disturbed(page: Page, served: Served) -> None:
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    bot_says(served, *(f"рядок {number}" for number in range(12)))
    expect(page.locator(".other")).to_have_count(12)
    page.evaluate(
        "new Promise((done) => { addEventListener('scroll', done, {once: true}); scrollTo(0, 0); })"
    )
    bot_says(served, "новина")
    expect(page.get_by_text("Є нова відповідь")).to_be_visible()
    assert page.evaluate("scrollY") == 0
    page.get_by_text("Є нова відповідь").click()
    expect(page.get_by_text("новина")).to_be_in_viewport()
    expect(page.get_by_text("Є нова відповідь")).to_be_hidden()


def test_what_is_erased_is_no_longer_shown(page: Page) -> None:
    ask(page)
    page.get_by_role("button", name="Меню сторінки").click()
    page.get_by_role("button", name="Мої дані").click()
    page.get_by_role("button", name="Стерти все").click()
    expect(page.locator(".bubble").last).to_have_text("Стерто сьогодні о 11:30.")
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    expect(page.get_by_role("article")).to_have_count(0)


def test_a_photo_is_chosen_shown_and_sent(page: Page, served: Served) -> None:
    chosen = {"name": "договір.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("#file").set_input_files(files=[chosen])  # type: ignore[list-item]  # a plain dict is a FilePayload
    expect(page.locator("#picked")).to_contain_text("договір.png")
    expect(page.locator("#picked-state")).to_contain_text("можна надсилати")
    page.get_by_label("Надіслати", exact=True).click()
    photo = page.locator(".own img")
    expect(photo).to_have_attribute("alt", "Фото: договір.png")
    expect(photo).to_have_js_property("naturalWidth", 1)
    expect(page.locator("#picked")).to_be_hidden()
    assert list(served.stage.store.kept.values()) == [PNG]


class HeldUploads:
    """Uploads that stay on their way until they are let go, also those the browser only begins afterwards."""

    def __init__(self, page: Page) -> None:
        self._held: list[Route] = []
        self._free = False
        page.route("**/files", self._meet)

    def _meet(self, route: Route) -> None:
        if self._free or route.request.method != "POST":
            route.continue_()
        else:
            self._held.append(route)

    def let_go(self) -> None:
        self._free = True
        for route in self._held:
            route.continue_()


def test_a_photo_sent_while_it_uploads_goes_by_itself(page: Page) -> None:
    held = HeldUploads(page)
    chosen = {"name": "договір.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("#file").set_input_files(files=[chosen])  # type: ignore[list-item]  # a plain dict is a FilePayload
    page.get_by_label("Ваше повідомлення").fill("ось договір")
    page.get_by_label("Надіслати", exact=True).click()
    expect(page.locator("#picked-state")).to_have_text("Надішлемо, щойно завантажиться")
    expect(page.locator(".own")).to_have_count(0)
    held.let_go()
    expect(page.locator(".own img")).to_have_attribute("alt", "Фото: договір.png")
    expect(page.locator(".own")).to_have_count(1)
    expect(page.locator(".own .bubble")).to_contain_text("ось договір")
    expect(page.locator("#picked")).to_be_hidden()


def test_a_photo_taken_back_while_it_uploads_sends_nothing(page: Page) -> None:
    held = HeldUploads(page)
    chosen = {"name": "договір.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("#file").set_input_files(files=[chosen])  # type: ignore[list-item]  # a plain dict is a FilePayload
    page.get_by_label("Надіслати", exact=True).click()
    page.locator("#unpick").click()
    page.locator("#file").set_input_files(files=[chosen])  # type: ignore[list-item]  # a plain dict is a FilePayload
    held.let_go()
    expect(page.locator("#picked-state")).to_contain_text("можна надсилати")
    expect(page.locator(".own")).to_have_count(0)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (PNG + b"0" * 200_000, "Файл завеликий: 200 КБ. Можна до 0,1 МБ"),
        (b"<html>", "Такий файл ми не відкриємо"),
    ],
)
def test_a_refused_file_is_explained(page: Page, content: bytes, words: str) -> None:
    chosen = {"name": "папір", "mimeType": "application/pdf", "buffer": content}
    page.locator("#file").set_input_files(files=[chosen])  # type: ignore[list-item]  # a plain dict is a FilePayload
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("#picked")).to_be_hidden()


def test_the_keyboard_is_enough(page: Page) -> None:
    field = page.get_by_label("Ваше повідомлення")
    field.focus()
    page.keyboard.type("перший рядок")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("другий")
    page.keyboard.press("Enter")
    expect(page.locator(".own .bubble")).to_have_text("перший рядок\nдругий")
    dots = page.get_by_role("button", name="Меню сторінки")
    dots.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu .tap").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(dots).to_be_focused()
    expect(page.locator("#menu")).to_be_hidden()


def test_the_log_is_read_aloud_as_it_grows(page: Page) -> None:
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_have_accessible_name("Розмова")


def test_larger_type_is_kept(page: Page) -> None:
    page.get_by_role("button", name="Меню сторінки").click()
    page.get_by_role("button", name="Більший шрифт").click()
    assert page.evaluate("getComputedStyle(document.querySelector('.bubble')).fontSize") == "27px"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-text", "large")


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("larger", [False, True], ids=["usual type", "type at 200 %"])
def test_nothing_goes_sideways_and_everything_is_big_enough_to_tap(
    page: Page, width: int, larger: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    if larger:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.get_by_role("button", name="Меню сторінки").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, .menu a")]
            .filter((one) => one.offsetParent)
            .map((one) => [one.textContent, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 48 || box.height < 48).map(([words]) => words)"""
    )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_a_contrast_of_seven(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two names it takes
    ask(page)
    expect(page.get_by_role("article")).to_have_count(1)
    weak = page.evaluate(
        """() => {
            const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
                .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
                .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
            const ground = (one) => {
                const colour = rgb(getComputedStyle(one).backgroundColor);
                return colour.length === 3 || colour[3] === 1 ? colour : ground(one.parentElement);
            };
            const shown = [...document.querySelectorAll("body *")].filter((one) => one.offsetParent
                && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()));
            return shown.map((one) => {
                const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
                return [one.textContent.trim(), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
            }).filter(([, ratio]) => ratio < 7);
        }"""
    )
    assert weak == []


def test_without_scripts_there_is_a_phone(browser: Browser, served: Served) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.address)
    expect(page.get_by_role("link", name=PHONE).first).to_be_visible()
    context.close()


def test_typing_is_told_now_and_then_and_only_while_a_person_answers(page: Page, served: Served) -> None:
    told: list[str] = []
    page.on(
        "request", lambda request: told.append(request.url) if request.url.endswith("/chat/typing") else None
    )
    ask(page)
    field = page.get_by_label("Ваше повідомлення")
    field.press_sequentially("ще одне")
    assert told == []

    def takes() -> None:
        conversation = served.stage.feed.only()
        conversation.owner, conversation.owner_name = "specialist", SPECIALIST.name
        served.stage.feed.say(conversation, SPECIALIST, Reply(text="Добрий день!"))

    served.do(takes)
    expect(page.get_by_text("відповідає людина")).to_be_visible()
    with page.expect_request("**/chat/typing") as first:
        field.press_sequentially(" питання, довге й докладне")
    assert first.value.method == "POST"
    assert len(told) == 1
