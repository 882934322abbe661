"""Two specialists and citizens at once, with the real product and real browsers: races, gaps, and work by keyboard."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.reception.conftest import Reception
from tests.reception.test_live_workplace import wrote_for_a_person
from tests.reception.test_main_job import DESK, ask, sign_in, silent_console

NAMES = {"iryna": "Ірина Мельник", "oleh": "Олег Дудка"}


class Line:
    """A cable to the reception that can be pulled out: whatever goes through it is cut, and nothing gets through."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._whole = True
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._door.getsockname()[1])

    def pull_out(self) -> None:
        self._whole = False
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def put_back(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.pull_out()
        self._door.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._door.accept()
                if not self._whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._port))
                for one, other in ((here, there), (there, here)):
                    self._open.add(one)
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        self._open.discard(one)
        one.close()


@pytest.fixture
def lines_to(reception: Reception) -> Iterator[tuple[Line, Line]]:
    """The citizen's cable and the specialist's."""
    made = Line(reception.port), Line(reception.port)
    yield made
    for one in made:
        one.close()


@dataclass
class Team:
    """Two specialists, each at a desk of their own."""

    iryna: Page
    oleh: Page

    def __iter__(self) -> Iterator[Page]:
        return iter((self.iryna, self.oleh))


def at_desk(browser: Browser, reception: Reception, login: str, password: str) -> Page:
    page = browser.new_context(viewport=DESK, locale="uk-UA").new_page()
    sign_in(page, reception, login, password)
    return page


@pytest.fixture
def team(reception: Reception, browser: Browser) -> Team:
    """The administrator makes both accounts; each gets a password that is shown once."""
    boss = at_desk(browser, reception, "admin", reception.password)
    people = {}
    for login, name in NAMES.items():
        boss.goto(f"{reception.address}/workplace/accounts")
        boss.get_by_label("Ім’я та прізвище").fill(name)
        boss.get_by_label("Логін").fill(login)
        boss.get_by_label("Роль").select_option(label="Спеціаліст")
        boss.get_by_role("button", name="Додати").click()
        expect(boss.get_by_role("heading", name=f"Пароль: {name}")).to_be_visible()
        people[login] = at_desk(browser, reception, login, boss.locator("code.once").inner_text())
    boss.context.close()
    return Team(**people)


def said(page: Page) -> Locator:
    return page.get_by_role("log")


def lines(page: Page, words: str) -> Locator:
    """The lines of a desk's transcript with these words."""
    return page.locator("#lines").get_by_text(words, exact=True)


def test_of_two_who_take_at_the_same_moment_one_leads_and_the_other_sees_who(
    reception: Reception, browser: Browser, team: Team
) -> None:
    citizen = wrote_for_a_person(browser, reception, "які документи на субсидію")
    on_their_way: list[Route] = []
    for page in team:
        page.locator("a.row").click()
        expect(page.get_by_role("button", name="Взяти розмову")).to_be_visible()
        page.route(re.compile("/take"), lambda route: on_their_way.append(route))
    for page in team:
        page.get_by_role("button", name="Взяти розмову").click()
    while len(on_their_way) < 2:
        team.iryna.wait_for_timeout(20)
        team.oleh.wait_for_timeout(20)
    for route in on_their_way:
        route.continue_()
    expect(said(citizen)).to_contain_text("З вами")
    leader = next(name for name in NAMES.values() if name in said(citizen).inner_text())
    winner, loser = (team.iryna, team.oleh) if leader == NAMES["iryna"] else (team.oleh, team.iryna)
    expect(winner.get_by_label("Відповідь людині")).to_be_focused()
    expect(loser.locator("#alert")).to_contain_text(leader)
    expect(loser.get_by_role("button", name="Взяти розмову")).to_have_count(0)
    expect(loser.locator("#send")).to_be_disabled()
    for page in team:
        expect(page.locator("#lines").get_by_text(f"Веде консультацію: {leader}")).to_have_count(1)
    assert said(citizen).inner_text().count("Далі відповідає людина") == 1
    # Whoever lost writes a note for the one who leads, and is understood.
    loser.get_by_role("tab", name="Нотатка").click()
    loser.get_by_label("Нотатка для колег").fill("Знаю цю родину, допоможу")
    loser.keyboard.press("Control+Enter")
    expect(winner.locator("#lines")).to_contain_text("Знаю цю родину, допоможу")
    expect(said(citizen)).not_to_contain_text("Знаю цю родину")


def test_a_bot_that_is_answering_falls_silent_at_the_take_over(
    reception: Reception, browser: Browser, team: Team
) -> None:
    citizen = wrote_for_a_person(browser, reception, "які документи на субсидію")
    team.iryna.locator("a.row").click()
    take = team.iryna.get_by_role("button", name="Взяти розмову")
    expect(take).to_be_visible()
    # While it waits the bot goes on answering: questions come thick while somebody takes the conversation.
    asked = [f"які документи на субсидію, питаю {number}" for number in range(6)]
    for place, words in enumerate(asked):
        ask(citizen, words)
        if place == 2:
            take.click(no_wait_after=True)
    expect(said(citizen)).to_contain_text("З вами Ірина Мельник")
    for words in asked:
        expect(lines(team.iryna, words)).to_have_count(1)
    ask(citizen, "ще одне, які документи на субсидію")
    expect(lines(team.iryna, "ще одне, які документи на субсидію")).to_have_count(1)
    field = team.iryna.get_by_label("Відповідь людині")
    field.fill("Читаю все, відповім за хвилину.")
    field.press("Control+Enter")
    expect(said(citizen)).to_contain_text("Читаю все, відповім за хвилину.")
    after = said(citizen).inner_text().split("З вами Ірина Мельник")[1]
    assert "Джерело:" not in after
    assert "Передаю розмову" not in after
    after = team.iryna.locator("#lines").inner_text().split("Веде консультацію: Ірина Мельник")[1]
    assert "Джерело:" not in after


def test_what_was_said_during_a_gap_comes_once_and_in_order_on_both_sides(
    reception: Reception, browser: Browser, lines_to: tuple[Line, Line]
) -> None:
    theirs, ours = lines_to
    citizen = wrote_for_a_person(browser, replace(reception, port=theirs.port), "які документи на субсидію")
    desk = at_desk(browser, replace(reception, port=ours.port), "admin", reception.password)
    desk.locator("a.row").click()
    desk.get_by_role("button", name="Взяти розмову").click()
    field = desk.get_by_label("Відповідь людині")
    expect(field).to_be_focused()
    ours.pull_out()
    field.fill("Напишу, щойно з’явиться зв’язок")
    for words in ("перше у розриві", "друге у розриві", "третє у розриві"):
        ask(citizen, words)
        expect(said(citizen)).to_contain_text(words)
    expect(desk.locator("#link")).to_contain_text("Зв’язку немає")
    expect(lines(desk, "перше у розриві")).to_have_count(0)
    ours.put_back()
    for words in ("перше у розриві", "друге у розриві", "третє у розриві"):
        expect(lines(desk, words)).to_have_count(1)
    text = desk.locator("#lines").inner_text()
    assert text.index("перше у") < text.index("друге у") < text.index("третє у")
    expect(field).to_have_value("Напишу, щойно з’явиться зв’язок")
    expect(desk.locator("#link")).to_contain_text(re.compile("Пропущене наздогнали|^$"))

    theirs.pull_out()
    for words in ("Перша відповідь", "Друга відповідь"):
        field.fill(words)
        field.press("Control+Enter")
        expect(lines(desk, words)).to_have_count(1)
    # What a person writes without a line is kept on their side, and comes once as well.
    ask(citizen, "пишу без мережі")
    citizen.wait_for_timeout(1000)
    assert "Перша відповідь" not in said(citizen).inner_text()
    theirs.put_back()
    for words in ("Перша відповідь", "Друга відповідь", "пишу без мережі"):
        expect(said(citizen).get_by_text(words, exact=True)).to_have_count(1)
    expect(lines(desk, "пишу без мережі")).to_have_count(1)
    text = said(citizen).inner_text()
    assert text.index("Перша відповідь") < text.index("Друга відповідь")


def test_a_consultation_goes_from_hand_to_hand_by_keyboard_alone_and_is_rated(
    reception: Reception, browser: Browser, team: Team
) -> None:
    first = wrote_for_a_person(browser, reception, "які документи на субсидію")
    second = wrote_for_a_person(browser, reception, "що це довідка переселенця")
    iryna, oleh = team
    complaints = [silent_console(page) for page in team]
    keys = iryna.keyboard
    expect(iryna.locator("a.row")).to_have_count(2)
    keys.press("j")
    keys.press("Enter")
    expect(iryna.locator("#log")).to_be_focused()
    chat = iryna.locator("#work").get_attribute("data-conversation")
    citizen = first if "субсидію" in iryna.locator("#lines").inner_text() else second
    other = second if citizen is first else first
    keys.press("t")
    expect(iryna.get_by_label("Відповідь людині")).to_be_focused()
    keys.type("Добрий день! Я Ірина Мельник, дивлюся.")
    keys.press("Control+Enter")
    expect(said(citizen)).to_contain_text("Я Ірина Мельник, дивлюся.")
    keys.press("Escape")

    # Transfer: the dialog is gone through by Tab; the reason is the colleague's alone.
    keys.press("p")
    dialog = iryna.get_by_role("dialog", name="Передати розмову")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Кому")).to_be_focused()
    receiver = dialog.get_by_label("Кому")
    for _ in range(4):
        if "Олег Дудка" in receiver.evaluate("(it) => it.selectedOptions[0].textContent"):
            break
        keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("Олег знає цю тему")
    keys.press("Enter")
    expect(said(citizen)).to_contain_text("Олег Дудка")
    expect(said(citizen)).not_to_contain_text("Олег знає цю тему")
    expect(iryna.locator("#send")).to_be_disabled()

    # The colleague hears of it, opens it, snoozes it; the person writes, and it is back.
    keys = oleh.keyboard
    expect(oleh.locator("#views")).to_contain_text(re.compile(r"Мої\s+1"))
    keys.press("2")
    expect(oleh.locator("a.row")).to_have_count(1)
    keys.press("j")
    keys.press("Enter")
    expect(oleh.locator("#lines")).to_contain_text("Олег знає цю тему")
    keys.press("s")
    expect(oleh.get_by_role("dialog", name="Відкласти розмову")).to_be_visible()
    oleh.locator("#snooze").get_by_label("Причина, для колег").focus()
    keys.type("чекаю довідку")
    keys.press("Enter")
    expect(oleh.locator("#talk-head")).to_contain_text("відкладено")
    expect(oleh.locator("#views")).to_contain_text(re.compile(r"Мої\s+0"))
    ask(citizen, "довідку вже маю")
    expect(oleh.locator("#lines")).to_contain_text("Відкладене знову в роботі: нове повідомлення")
    expect(oleh.locator("#views")).to_contain_text(re.compile(r"Мої\s+1"))
    keys.press("r")
    expect(oleh.get_by_label("Відповідь людині")).to_be_focused()
    keys.type("Приносьте завтра.")
    keys.press("Control+Enter")
    expect(said(citizen)).to_contain_text("Приносьте завтра.")
    keys.press("Escape")

    # The next one of the list that is open follows by itself.
    keys.press("1")
    expect(oleh.locator("a.row")).to_have_count(1)
    keys.press("Shift+E")
    closing = oleh.get_by_role("dialog", name="Закрити консультацію")
    expect(closing.get_by_label("Підсумок")).to_be_focused()
    keys.type("Документи названо")
    for _ in range(3):
        keys.press("Tab")
    expect(closing.get_by_role("button", name="Закрити", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(oleh.locator("#work")).not_to_have_attribute("data-conversation", chat or "")
    expect(oleh.locator("#work")).to_have_attribute("data-conversation", re.compile("."))
    keys.press("t")
    expect(oleh.get_by_label("Відповідь людині")).to_be_focused()
    expect(said(other)).to_contain_text("З вами Олег Дудка")

    # The rating is the citizen's, given after the end; colleagues see it beside the consultation.
    expect(said(citizen)).to_contain_text("завершує консультацію")
    said(citizen).get_by_role("button", name="Оцінити").click()
    said(citizen).get_by_role("button", name="Так", exact=True).last.click()
    expect(said(citizen)).to_contain_text("Дякуємо")
    oleh.goto(f"{reception.address}/workplace/conversations/{chat}")
    expect(oleh.get_by_role("definition").filter(has_text=re.compile("^так$"))).to_be_visible()
    assert complaints == [[], []]
