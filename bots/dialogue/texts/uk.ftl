# Every text a citizen reads from the bot, in Ukrainian. Rules of tone: VOICE. No figures here: numbers come as arguments.
# A message "button-…" is a label of at most twenty characters. `tests/dialogue/test_texts.py` renders and checks them all.

## Greeting and small talk

greeting-line = Добрий день! Це Приймальня, бот управління соцзахисту.
greeting =
    { greeting-line }
    Підкажу, яка допомога вам належить, скільки платять і що принести. Не знатиму — покличу спеціаліста.
    Напишіть своїми словами, що сталося.

    { greeting-privacy } Номери карток і паролі не надсилайте. { greeting-my-data }
greeting-short =
    { greeting-line }
    { greeting-privacy } Номери карток і паролі не надсилайте. { greeting-my-data }
greeting-privacy = Розмову зберігаємо { $retention }, щоб відповісти: пишучи далі, ви погоджуєтеся.
greeting-my-data = Подивитися чи стерти: «мої дані».
retention-years =
    { $count ->
        [1] рік
        [one] { $count } рік
        [few] { $count } роки
       *[other] { $count } років
    }
retention-months =
    { $count ->
        [one] { $count } місяць
        [few] { $count } місяці
       *[other] { $count } місяців
    }
retention-days =
    { $count ->
        [one] { $count } день
        [few] { $count } дні
       *[other] { $count } днів
    }
started-over = У боті щось оновилося, тому починаємо спочатку.
hello-again = Добрий день! Слухаю вас: напишіть, що сталося.
thanks = Будь ласка! Щось іще — просто напишіть.
goodbye = До побачення! Якщо щось іще, пишіть будь-коли.
who-are-you =
    Я бот управління соцзахисту, програма, а не людина.
    Відповідаю за базою знань: яка допомога є, скільки платять, що принести. Складне передаю спеціалісту.
joy =
    Щиро радіємо разом із вами!
    Напишіть, що саме сталося: підкажу, яка допомога належить.
calm =
    Розберімося разом.
    Напишіть, що сталося, або покличу людину. Телефон: { $phone }.
yes-no-what = Про що саме? Напишіть кількома словами.

## Menu

menu =
    Виберіть або напишіть своїми словами.
    Телефон: { $phone }.
life = Що у вас сталося? Виберіть ситуацію або напишіть своїми словами.
life-rights =
    Подивімося, що вам належить.
    Виберіть, що про вас, або напишіть своїми словами.
life-event = { $event }: про що розповісти?
life-empty =
    Для цієї ситуації відповідей у боті ще немає.
    Запитайте людину або телефонуйте: { $phone }.
stopped = Зупинено. Самі більше не пишемо, запитувати можна й далі.
other-topic = Гаразд, про інше. Напишіть, що сталося або яка допомога потрібна.

## Answers

line-who = Хто отримує
line-amount = Скільки
line-when = Коли подати
line-where = Де
line-documents = Документи
amount-stale = суму ще не підтверджено на { $year } рік. Відомо { $last }
amount-stale-told =
    Скільки: суму ще не підтверджено на { $year } рік.
    Ось що відомо { $last }
documents-count =
    { $count ->
        [one] { $count } документ
        [few] { $count } документи
        [many] { $count } документів
       *[other] { $count } документа
    }
documents-some = щонайменше { documents-count }
source-line = Джерело: { $source }. Перевірено { $checked }.
overdue = Ми давно це не перевіряли: уточніть у спеціаліста.
second-topic = Ви питали ще про «{ $title }». Кнопка нижче.
follow-up-unknown =
    Точної відповіді на це не маю.
    Розмова про «{ $title }». Відповість людина: покличте її тут або телефонуйте { $phone }.
facet-unknown =
    Цього я поки не знаю.
    Ваше питання про «{ $title }». Відповість людина: покличте її тут або телефонуйте { $phone }.
referral-also = Якщо з цим пов’язана виплата чи довідка від нас, запитуйте тут.
referral-phone = Не вийде — телефонуйте нам: { $phone }.

## Documents

documents-your-list = Ваш перелік, { $count }:
documents-depends = Перелік залежить від вашої ситуації.
documents-maybe = Можливо, ще: { $document }
documents-maybe-many = Можливо, ще:
documents-closed = Більше вимагати не можуть.
documents-closed-with-possible = Крім цих, більше вимагати не можуть.
documents-ask = Напишіть номери, які вже маєте.
documents-cut = Решту переліку назве людина: { $phone }.
documents-left = Є { $have } з { $all }. Лишилося:
documents-all = Усе зібрано: { $have } з { $all }.
documents-check = Є { $have } з { $all }, перевірте ще:
documents-where-to-get = Де взяти:
documents-no-number = Такого номера в переліку немає. Напишіть номери, які вже маєте.

## The list on paper

sheet-sent = Ось перелік у файлі PDF. Його можна зберегти або роздрукувати.
sheet-not-here = Файл тут не надіслати. Ось перелік у повідомленні.
sheet-file-name = { $label }, документи
sheet-issuer = { $community }. { $reception }
sheet-kind = Перелік документів
sheet-official = Офіційна назва: { $name }
sheet-made = Перелік складено { $date } за тим, що ви розповіли. Це не рішення.
sheet-made-for-all = Загальний перелік складено { $date }. Це не рішення.
sheet-bring = Що принести
sheet-bring-ticked = Що принести: є { $have } з { $all }
sheet-have = Уже є.
sheet-maybe = Можливо, ще
sheet-where-to-get = Де взяти: { $place }
sheet-where = Куди подати
sheet-questions = Є питання
sheet-version = Версія бази знань { $version }
sheet-page = сторінка { $page } з { $pages }
sheet-link = Щоб повернутися до розмови, наведіть на цей знак камеру телефона.
sheet-link-typed = Або наберіть адресу:

## Clarifying

clarify-which = Про що саме ви питаєте?
clarify-twins = Уточніть, будь ласка: про що саме мова?
clarify-one = Ви питаєте про «{ $title }»?
clarify-facet =
    Про яку допомогу чи послугу ви питаєте?
    Напишіть її назву або виберіть ситуацію.
clarify-other = Напишіть, будь ласка, інакше: що сталося або що потрібно.
not-understood =
    Поки не вдалося зрозуміти. Напишіть, будь ласка, інакше: що сталося або яка допомога потрібна.
    Наприклад: «народилась дитина», «не прийшла субсидія».
not-understood-long =
    Повідомлення довге, головного в ньому не видно.
    Напишіть, будь ласка, одним реченням: що сталося або яка допомога потрібна.
not-ours =
    Схоже, це вирішуємо не ми, а хто саме — не знаю.
    Запитайте людину тут або телефоном: { $phone }.
stale-button =
    Ця кнопка вже не діє.
    Виберіть нижче або напишіть своїми словами.
no-such-number = Такого номера немає. Виберіть зі списку або напишіть словами.
empty-message = Повідомлення порожнє. Напишіть, що сталося.

## Hand-over

handoff-day =
    Передаю розмову спеціалісту. Усе, що ви розповіли, піде разом із нею: повторювати не треба.
    { $queue }
    Відповідь прийде сюди, чат можна закрити.
handoff-night =
    Зараз неробочий час. Ми відповідаємо { $hours }.
    { $queue }
    Про документи, строки й адреси відповідаю і вночі.
handoff-pause =
    { $pause }
    { $queue }
    Про документи, строки й адреси відповідаю й зараз.
pause-alarm = Зараз тривога, спеціалісти в укритті.
pause-power = Зараз у нас немає світла.
pause-other = Зараз спеціалісти не можуть відповісти.
handoff-window = Месенджер дає нам писати лише до { $until }. Залиште номер телефону: якщо не встигнемо тут, подзвонимо.
people-hello =
    { greeting-line }
    Тут відповідають люди. Напишіть, що сталося, і спеціаліст відповість.
    { greeting-privacy } Номери карток і паролі не надсилайте. { greeting-my-data }
handoff-personal =
    Це про вашу справу, у неї може зазирнути лише людина.
    Передаю все, що ви написали.
    { $queue }
handoff-unknown =
    Тут краще відповість людина. Передаю все, що ви написали.
    { $queue }
queue-ahead =
    Попереду { $ahead ->
        [one] { $ahead } людина
        [few] { $ahead } людини
       *[other] { $ahead } людей
    }, { $wait }.
queue-next = Ви наступні, { $wait }.
queue-wait-minutes =
    звичайне очікування — { $minutes ->
        [one] { $minutes } хвилина
        [few] { $minutes } хвилини
       *[other] { $minutes } хвилин
    }
queue-wait-hours =
    звичайне очікування — близько { $hours ->
        [one] { $hours } години
       *[other] { $hours } годин
    }
queue-wait-promise = людина відповість { $when }
queue-night = Питання записано, номер { $number }. Людина відповість тут { $when }. Не встигнемо — напишемо, що затримуємось.
until-today = сьогодні до { $clock }
until-day = { $day }, до { $clock }
handoff-again =
    Людину вже покликано, номер { $number }.
    { $queue } Терміново — { $phone }.
handoff-again-later = Відповідь прийде сюди.
handoff-taken = Людина вже читає вашу розмову.
handoff-unknown-waiting =
    Цього я не знаю. Людину вже покликано, номер { $number }: вона прочитає й це.
    Терміново — { $phone }.
handoff-cancelled = Гаразд, людину не кличу. Запитуйте далі тут або телефонуйте: { $phone }.
handoff-nothing-to-cancel = Людину зараз не покликано. Запитуйте далі тут.
handoff-add = Напишіть, що додати. Людина побачить це разом із розмовою.
handoff-added = Додано. Людина побачить це разом із розмовою.
handoff-question-about = Питання про «{ $title }»
handoff-question-none = Просить покликати людину

## Call-back

call-phone = Напишіть номер телефону, на який подзвонити.
call-phone-again = У номері бракує цифр. Напишіть його, будь ласка, ще раз.
call-cancelled = Гаразд, не дзвонимо. Пишіть тут.
call-time = Коли вам зручно говорити?
call-question = Просить передзвонити
call-done =
    Записано: подзвонимо на { $phone }, { $when }.
    { $queue }
call-day = Людина подзвонить у робочий час, номер консультації { $number }.
call-night = Зараз неробочий час. Ми працюємо { $hours }. Номер консультації { $number }.
call-any = у будь-який час

## What people send

voice = Голосове отримано. Бот його не слухає: напишіть кілька слів або передам запис людині.
voice-write = Гаразд, пишіть.
photo =
    Фото отримано. Що з ним зробити?
    Якщо на ньому банківська картка, натисніть «Стерти».
photo-anew =
    Якщо текст не прочитати, краще зняти ще раз: при денному світлі, весь аркуш у кадрі.
    Бот фото не перевіряє. Подивитися може людина.
document =
    Файл отримано. Що з ним зробити?
    Якщо в ньому номер банківської картки, натисніть «Стерти».
video =
    Відео отримано. Бот його не дивиться. Що з ним зробити?
sticker = Наліпку отримано. Якщо є питання, напишіть словами.
not-readable = Такого бот не прочитає. Напишіть, будь ласка, словами або телефонуйте: { $phone }.
file-added = Додано до розмови. Людину вже покликано, вона побачить.
file-question = Просить подивитися надіслане
file-erased = Стерто всі надіслані файли. Код підтвердження: { $code }.

## Secrets

secret-card = Номер картки приховано. Ми ніколи не питаємо код із смс чи номер картки. Нікому їх не кажіть.
secret-code = Цифри приховано. Ми ніколи не питаємо код із смс. Нікому його не кажіть.
secret-ask = Напишіть своє питання без цих цифр.

## Rating

rating-ask = Чи допомогла вам консультація?
rating-comment = Дякуємо. Що зробити краще? Можна одним реченням.
rating-done = Дякуємо, записано.
rating-skipped = Гаразд. Питання лишилися — просто напишіть.

## One's own data

stored = Ми зберігаємо: { $list }.
stored-nothing = Про вас зараз нічого не зберігаємо.
stored-since = Розмову почато { $since }.
stored-choose = Стерти можна все або лише фото й файли.
stored-choose-all = Усе це можна стерти.
stored-messages =
    { $count ->
        [one] { $count } повідомлення
        [few] { $count } повідомлення
       *[other] { $count } повідомлень
    }
stored-files =
    { $count ->
        [one] { $count } файл
        [few] { $count } файли
       *[other] { $count } файлів
    }
stored-tickets =
    { $count ->
        [one] { $count } консультацію
        [few] { $count } консультації
       *[other] { $count } консультацій
    }
stored-answers =
    { $count ->
        [one] { $count } відповідь на питання бота
        [few] { $count } відповіді на питання бота
       *[other] { $count } відповідей на питання бота
    }
erased-all =
    Стерто { $date } { $clock }. Код підтвердження: { $code }.
    Розмову в себе видаліть самі.
erased-files =
    Фото й файли стерто { $date } { $clock }.
    Код підтвердження: { $code }.
erase-kept = Гаразд, усе лишається. Подивитися чи стерти: «мої дані».

## Offices

office-name = { $name }: { $address }
office-distance-metres = { $metres } м від вас
office-distance-kilometres = { $kilometres } км від вас
office-open = Зараз відчинено, до { $clock }.
office-closed-until = Зараз зачинено, відчиниться { $when }.
office-closed = Зараз зачинено.
office-hours = Години: { $hours }.
office-phone = Телефон: { $phone }.
office-step-free = Вхід без сходів.
office-steps = Вхід зі сходами.
office-map = Мапа:
office-others = Є ще: { $places }.
office-nearer = Бот не бачить, де ви. Виберіть адресу:
office-walk = , пішки орієнтовно { $minutes } хвилин
office-drive = , транспортом орієнтовно { $minutes } хвилин
office-day-open = { $day } відчинено { $hours }.
office-day-closed = { $day } зачинено.
office-day-usual = Зазвичай відчинено { $hours }.
office-day-elsewhere = Відчинено: { $name }, { $address }, { $hours }.
office-day-usual-closed = Зазвичай { $day } зачинено.
office-always = Відчинено цілодобово.
office-unusual = Незабаром інакше: { $days }.
office-unusual-closed = зачинено
office-holidays = Неробочі дні: { $days }.
office-holidays-more = Про інші дні запитайте телефоном.
receivers = Ось хто й коли приймає.
receivers-here = Приймають:
receivers-day = { $day } приймають так.
receivers-not-then = { $day } прийому немає. Ось інші дні.
receiver = { $who }: { $hours }.
receiver-room = { $position }, кабінет { $room }
notice = Важливо. { $text }
notice-link = Докладніше:
office-holidays-unknown = Про свята в базі нічого немає: телефонуйте { $phone }.
office-entrance-free = Так, там вхід без сходів.
office-entrance-steps = Там вхід зі сходами.
office-entrance-unknown = Який там вхід, я не знаю: запитайте телефоном { $phone }.
opens-today = сьогодні { $clock }
opens-day = { $day }, { $clock }

## What the house tells

taken = З вами { $name }, { $position }. Далі відповідає людина, бот мовчить.
taken-name = З вами { $name }. Далі відповідає людина, бот мовчить.
taken-somebody = З вами спеціаліст. Далі відповідає людина, бот мовчить.
writes-first = Вам пише { $name }, { $position }. Відповідайте просто тут, бот поки мовчить.
writes-first-name = Вам пише { $name }. Відповідайте просто тут, бот поки мовчить.
writes-first-somebody = Вам пише спеціаліст. Відповідайте просто тут, бот поки мовчить.
transferred = Розмову передано разом з усім, що ви написали. Далі з вами { $name }, { $position }.
transferred-name = Розмову передано разом з усім, що ви написали. Далі з вами { $name }.
transferred-somebody = Розмову передано разом з усім, що ви написали.
returned = Розмова знову чекає на вільну людину. Повторювати нічого не треба: відповідь прийде сюди.
handed-back = Далі знову відповідає бот: розмову збережено, просто напишіть.
handed-back-topic = Далі знову відповідає бот: продовжимо про „{ $title }”.
handed-back-interview = Далі знову відповідає бот: перевірку права збережено, можна продовжити.
resolved = { $name } завершує консультацію № { $number }. Далі знову відповідає бот. Щось лишилося — просто напишіть, розмову збережено.
resolved-somebody = Консультацію № { $number } завершено. Далі знову відповідає бот. Щось лишилося — просто напишіть, розмову збережено.
line-withdrawn = Цю відповідь відкликано: вона була неточною.
answer-withdrawn = Попередня відповідь була неточною, не спирайтеся на неї. Уточнимо й напишемо сюди правильну.
answer-withdrawn-named =
    Одна з відповідей була неточною, не спирайтеся на неї.
    Ось вона: «{ $words }».
    Уточнимо й напишемо сюди правильну.
late = Вибачте, відповідь затримується. Людина напише { $when }. Терміново — { $phone }.
late-unknown = Вибачте, відповідь затримується. Людина напише сюди. Терміново — { $phone }.
paused =
    { $pause } Відповідь затримається, ваше місце в черзі збережено.
    Вона прийде сюди: чекати біля телефона не треба. Терміново — { $phone }.

same-person-ask =
    Схоже, ви пишете нам іще з одного чату.
    Якщо там той самий код { $code }, підтвердьте в обох.
    Доки не підтвердите, розмови лишаються окремими.
same-person-half = Дякуємо. Тепер підтвердьте в другому чаті, код { $code }.
same-person-joined = Готово, розмови поєднано. Сказане в обох чатах повторювати не треба.
same-person-no = Гаразд, розмови лишаються окремими.
same-person-parted = Гаразд, розмови роз’єднано.
same-person-over = Це питання вже закрите. Розмови лишилися, як були.

failure = Збій на нашому боці, ви все зробили правильно.
    Повідомлення збережено, відповість людина. Терміново — { $phone }.

## Danger. A line is said when every number in it is known.

human-day = Кличу людину поза чергою.
human-night = Уночі тут лише бот, людина буде { $when }. Тому, будь ласка, телефонуйте: там відповідають і зараз.
human-pause = { $pause } Тому, будь ласка, телефонуйте: там відповідають і зараз.
human-here = Людина вже з вами в цьому чаті.
danger-phone = Подзвоніть нам: { $phone }.
danger-open = Добре, що ви написали.
danger-evacuation-open = Якщо стріляють, спершу в укриття.
danger-hunger-open = Допомога з їжею є, зверніться вже сьогодні.

danger-violence-now = Ви не винні в тому, що сталося. Вам загрожують зараз — телефонуйте { $police }.
danger-violence-lines = Порада й притулок, цілодобово: { $violence_line } або { $violence_line_mobile } (з мобільного).
danger-violence-line = Порада й притулок, цілодобово: { $violence_line }.
danger-suicide-now = Вам дуже важко, і лишатися з цим на самоті не треба.
danger-suicide-lines = Поговоріть із людиною просто зараз, цілодобово: { $suicide_line } або { $violence_line }.
danger-suicide-line = Поговоріть із людиною просто зараз, цілодобово: { $violence_line }.
danger-suicide-ambulance = Життя в небезпеці — { $ambulance }.
danger-suicide-ask = Чи є хтось поруч?
danger-evacuation-lines = Евакуація безоплатна, заявка цілодобово: { $evacuation } або { $evacuation_region }.
danger-evacuation-line = Евакуація безоплатна, заявка цілодобово: { $evacuation }.
danger-evacuation-ask = Скажіть, якщо хтось не ходить.
danger-hunger-now = Допоможуть сьогодні: { $food_aid }.
danger-hunger-line = Урядова лінія: { $government_line }.
danger-hunger-ask = Чи є з вами малі діти?
danger-child-now = Дитині загрожують зараз — { $police }.
danger-child-service = Служба у справах дітей: { $child_service }.
danger-child-lines = Дитина може подзвонити сама: { $violence_line } або { $child_line }.
danger-child-line = Дитина може подзвонити сама: { $violence_line }.

danger-again = Ми на зв’язку, пишіть далі.
danger-again-choice = Вирішуєте лише ви.
danger-again-waiting = Людина прочитає все, що ви напишете.
danger-violence-where = Безпечне місце на ніч підкажуть цілодобово: { $violence_line }.
danger-threat = Телефонуйте { $police } просто зараз. Якщо можна вийти безпечно, ідіть до сусідів або туди, де є люди.
danger-safe =
    Поки чекаємо, складіть те, з чим можна вийти.
    Документи свої й дітей, ліки, ключі, гроші, зарядка.
    Чи може хтось читати ваш телефон? Тоді першими не писатимемо.
danger-read = Зрозуміло. Першими не пишемо й нічого не нагадуємо. Після розмови натисніть «Стерти розмову» і видаліть чат у себе.
danger-own = Зрозуміло. Першими однаково не пишемо: відповідаємо лише тут. Після розмови її можна стерти.
danger-near = Добре. Попросіть цю людину побути з вами.
danger-alone = Тоді, будь ласка, подзвоніть просто зараз. Там вислухають і побудуть із вами.
danger-evacuate = Напишіть адресу, скільки вас і чи хтось не ходить. Швидше — телефоном.
danger-left = Добре, що ви вже виїхали. Потрібні житло, їжа чи документи — напишіть.
danger-kids = Зрозуміло, є малі діти. Людина прочитає це першим.
danger-adults = Зрозуміло, лише дорослі. Людина це прочитає.
danger-harm = Телефонуйте { $police } просто зараз і скажіть, що в небезпеці дитина.
danger-erased = Стерто. Видаліть чат і в себе. Код підтвердження: { $code }.

## Buttons

button-menu = Меню
button-back = Назад
button-person = Покликати людину
button-life = Життєві ситуації
button-more = Інші ситуації
button-offices = Адреси й години
button-receivers = Хто приймає
button-more-offices = Ще адреси
button-my-data = Мої дані
button-call = Передзвоніть мені
button-share-phone = Надіслати мій номер
button-share-place = Надіслати, де я
button-overview = Коротко про все
button-eligibility = Хто отримує
button-amount = Скільки
button-documents = Документи
button-where = Де подати
button-how = Як подати
button-deadline = До якого дня
button-refusal = Якщо відмовили
button-status = Стан заяви
button-referral-how = Як отримати
button-have-all = Маю все
button-where-to-get = Де взяти?
button-other = Щось інше
button-yes = Так
button-partly = Частково
button-no = Ні
button-skip = Пропустити
button-rate = Оцінити
button-more-questions = Ще питання
button-add = Додати щось
button-cancel = Не треба
button-any-time = Будь-коли
button-before-noon = До обіду
button-after-noon = Після обіду
button-pass-voice = Передати запис
button-will-write = Напишу
button-show-person = Показати людині
button-erase = Стерти
button-erase-all = Стерти все
button-erase-files = Стерти фото
button-keep = Залишити
button-threat = Мені загрожують
button-safe = Зараз безпечно
button-erase-talk = Стерти розмову
button-read = Можуть читати
button-own = Телефон лише мій
button-near = Так, є
button-alone = Нікого немає
button-evacuate = Потрібна евакуація
button-left = Уже виїхали
button-kids = Є малі діти
button-adults = Лише дорослі
button-harm = Загроза зараз

## Interview: whether one is entitled

interview-start = Перевірмо, чи маєте право: { $title }.
interview-left =
    Лишилося приблизно { $count ->
        [one] { $count } питання
        [few] { $count } питання
       *[other] { $count } питань
    }.
interview-last = Це останнє питання.
interview-ticks = Чи стосується вас щось із цього? Напишіть номери.
interview-limit-more = { $label }: більше ніж { $limit }?
interview-limit-less = { $label }: менше ніж { $limit }?
interview-limit-after = { $label }: пізніше ніж { $limit }?
interview-limit-before = { $label }: раніше ніж { $limit }?
interview-by-words = Або напишіть: { $list }.
interview-children = Питаю про всіх дітей разом.
interview-why = { $why } Не скажете — буде «можливо» замість «так».
interview-consent = Далі питання про здоров’я. Відповідь бачать лише спеціалісти управління. Можна не відповідати.
interview-confirm = Ви вже казали раніше:
interview-confirm-ask = Так і досі? Якщо ні, напишіть номери, які змінилися.
interview-said = З ваших слів: { $list }. Так?
interview-said-list = З ваших слів:
interview-said-ask = Усе так? Якщо ні, напишіть номери, які виправити.
said-fact = { $label } — { $list }
said-size =
    { $count ->
        [1] ви живете самі
        [2] вас двоє
        [3] вас троє
        [4] вас четверо
        [5] вас п’ятеро
       *[other] людей у сім’ї — { $count }
    }
said-children =
    { $count ->
        [1] дитині
       *[other] дітям
    } { $list }
said-age = вам { $list }
said-income = разом { $list } на місяць
said-income-about = разом приблизно { $list } на місяць
interview-about = Записано приблизно: { $list }.
interview-corrected = Виправлено: { $list }.
interview-back = Повертаюся на крок назад.
interview-first = Це перше питання. Вийти можна через меню.
interview-skipped = Гаразд, пропускаємо.
interview-hint = Підказка: { $hint }
interview-not-heard = Це не схоже на відповідь. Спробуйте простіше, наприклад: { $example }.
interview-not-heard-ticks = Напишіть номери через пробіл або натисніть «Нічого з цього».
interview-example-bool = «так» чи «ні»
interview-example-number = «двоє»
interview-example-money = «десь дванадцять тисяч»
interview-example-date = «у березні» чи «торік»
interview-example-choice = номер зі списку
interview-vague = Назвіть хоча б приблизно: «від … до …».
interview-outside-future = Цей день ще не настав. Напишіть, будь ласка, ще раз.
interview-outside-day = Такого дня в календарі немає. Напишіть, будь ласка, ще раз.
interview-outside-small = Так мало бути не може: найменше — { $limit }. Напишіть ще раз.
interview-outside-great = Так багато бути не може: найбільше — { $limit }. Напишіть ще раз.
interview-outside-whole = Тут потрібне ціле число. Напишіть, будь ласка, ще раз.
interview-outside = Такого бути не може. Напишіть, будь ласка, ще раз.
interview-differs =
    Щось не сходиться. Що правильно?
    { $first }
    { $second }
interview-return = Повернімося до перевірки права?
interview-left-it = Гаразд. Сказане збережено, повернутися можна будь-коли.
interview-enough = Можна й досить: покажу, що вже видно.
interview-edit = Що виправити? Напишіть номери.
interview-edit-none = Виправляти поки нічого. Перевірмо ще раз?

interview-of-kin = Відповідайте про людину, за яку питаєте.
interview-of-yourself = Гаразд, тепер про вас.

## Screener: everything one may be entitled to

screener-whose =
    Спитаю кілька речей і скажу, що належить.
    Спинитися можна будь-коли: слово «досить».
    Для кого перевіряємо?
screener-situations =
    Що з цього є у вас чи в сім’ї?
    Натисніть усе, що підходить, або напишіть номери.
screener-situation = { $number }. { $text }
screener-chosen = Вибрано: { $list }.
screener-start = Питаю лише те, що може щось змінити.
screener-stands = Уже видно: так — { $sure }, можливо — { $possible }, ні — { $refused }.
screener-sure =
    За тим, що ви сказали, належить { $count ->
        [one] { $count } допомога
        [few] { $count } допомоги
       *[other] { $count } допомог
    }:
screener-none-sure = Поки жодного точного «так».
screener-possible = Можливо, ще:
screener-possible-only = Можливо:
screener-goes-on = Далі в переліку:
screener-decides = Остаточно вирішує той, хто призначає.
screener-nothing =
    За тим, що ви сказали, з перевіреного нічого не підходить.
    Спеціаліст може знати більше: покличте людину.
screener-refused =
    Не підходить, { $count ->
        [one] { $count } допомога
        [few] { $count } допомоги
       *[other] { $count } допомог
    }. Чому:
screener-why-not = { $title }: { $reason }
button-rights-all = На що маю право
button-for-myself = Для себе
button-for-kin = Для рідної людини
button-go-further = Далі
button-choose-anew = Вибрати спочатку
button-more-of-it = Показати ще
button-ask-more = Питати далі
button-why-not-rest = Чому не решта?
button-back-to-list = До переліку
button-check-all = Перевірити все

result-yes = За тим, що ви сказали, умови виконано.
result-no =
    За тим, що ви сказали, { $kind ->
        [status] цього статусу не дадуть
        [service] цього не оформлять
       *[other] цю допомогу не призначать
    }.
result-reason = Причина: { $reason }.
result-no-more = Також: { $reason }.
result-closed = Зараз нових заяв на це не беруть.
result-possible-from = Стане можливою з { $date }.
result-nearest-more = За іншої умови право було б. Потрібно: { $label } понад { $limit }.
result-nearest-less = За іншої умови право було б. Потрібно: { $label } до { $limit }.
result-nearest-answer = За іншої умови право може бути. Потрібно: { $label } — { $limit }.
result-instead = Натомість перевірте «{ $title }».
result-unknown = Можливо, так. Щоб сказати точно, бракує відповіді.
result-need = Бракує: { $list }.
result-specialist = Тут вирішує спеціаліст.
result-specialist-call = Покличте його: усе сказане піде разом із розмовою.
result-about = приблизно { $amount }
result-estimate =
    Рішення й точна сума — за { $authority ->
        [pfu_office] Пенсійним фондом
       *[other] тим, хто платить
    }. Він звірить дані з реєстрами.
result-decides =
    Остаточно вирішує { $authority ->
        [pfu_office] Пенсійний фонд
       *[other] той, хто призначає
    }. Він звірить дані з реєстрами.
result-stale = Суму на { $year } рік ще не підтверджено. Останнє відоме — станом на { $date }. Уточніть у спеціаліста.
result-stale-limits = Межі на { $year } рік ще не підтверджено. Останнє відоме — станом на { $date }. Уточніть у спеціаліста.
result-some-papers = Перелік складено з ваших відповідей.
reasons-head = Ось чому:
reason-yes = Так: { $reason }
reason-no = Ні: { $reason }
reason-unknown = Ще не відомо: { $reason }
reason-specialist = Вирішує людина: { $reason }
reasons-rest = Решту умов не перевіряли.
reasons-source = Підстава:
steps-head = Ось так рахували:
steps-total = Разом: { $amount }
steps-wide = Межі широкі, бо дещо названо приблизно.
steps-none = Тут рахувати нічого: сума однакова для всіх, хто має право.

button-rights = Чи маю право?
button-dont-know = Не знаю
button-refuse = Не хочу казати
button-why = Навіщо це?
button-none-of-these = Нічого з цього
button-greater = Більше
button-not-greater = Не більше
button-less = Менше
button-not-less = Не менше
button-later = Пізніше
button-not-later = Не пізніше
button-earlier = Раніше
button-not-earlier = Не раніше
button-agree = Погоджуюсь
button-skip-health = Пропустити
button-still-so = Так, усе так
button-fix = Виправити
button-first = Перше
button-second = Друге
button-go-on = Продовжити
button-same-yes = Так, це я
button-same-no = Ні, не я
button-same-part = Роз’єднати
button-enough = Досить
button-childless = Дітей немає
button-because = Чому так?
button-how-counted = Як рахували?
button-not-right = Щось не так
button-answer-more = Відповісти
button-refine-papers = Уточнити перелік
button-start-papers = Позначити спочатку
button-pdf = Перелік у PDF
reasons-checked = Перевірено { $checked }.
interview-children-told =
    { $count ->
        [1] Записано
        [2] Записано двох дітей
        [3] Записано трьох дітей
        [4] Записано чотирьох дітей
       *[other] Записано дітей: { $count }
    }. { $dates ->
        [1] Дата народження
       *[other] Дати народження
    }: { $list }.
result-until = до { $date }

## What a specialist reads of an interview

packet-outcome = перевірка права
packet-yes = так, за сказаним умови виконано
packet-no = ні: { $reason }
packet-specialist = вирішує спеціаліст: { $reason }
packet-unknown = бракує: { $list }
packet-not-known = не знає: { $list }
packet-not-told = не хоче казати: { $list }
packet-said = { $list } (сказано в розмові, не підтверджено)
packet-differs = сказане не сходиться
packet-all-yes = так: { $list }
packet-all-maybe = можливо: { $list }
packet-all-none = нічого з перевіреного
packet-whose = про кого
packet-kin = рідна людина того, хто пише

## Visits: booked, moved, cancelled, reminded of

visit-none =
    Туди через бота поки не записують.
    Прийти можна в години прийому. Потрібна саме зустріч — домовтеся з людиною.
visit-not-there =
    Записувати туди бот не може: { $name }, { $address }.
    Приймають { $hours }.
visit-matter = З якого питання вас записати? Виберіть або напишіть своїми словами.
visit-where =
    Куди вам зручніше прийти?
    { $list }
visit-office = { $name }, { $address }
visit-who =
    До кого записати?
    { $list }
visit-day =
    Найближчий вільний час: { $when }.
    Адреса: { $place }. На який день записати?
visit-time = { $day } є вільний час: { $place }.
visit-step-free = Вхід без сходів.
visit-which-time = О котрій вам зручно?
visit-more-times = Можна написати й інший час, наприклад «{ $clock }».
visit-part-full = Тоді вже зайнято.
visit-name =
    { $when }, { $place }.
    Під яким іменем записати? Прізвище не обов’язкове. Можна додати номер телефону.
visit-name-other =
    { $when }, { $place }.
    Як звати людину, яку записуємо? Прізвище не обов’язкове. Можна додати номер телефону.
visit-occupied = { $clock } не вийде. Вільно { $list }.
visit-others = { $day } вільно { $list }.
visit-not-heard = Поки не вдалося зрозуміти.
visit-impossible = Дати «{ $day }» немає в календарі.
visit-past = { $day } вже минуло.
visit-too-far = Так далеко ще не записуємо, поки лише до { $day }.
visit-closed = { $day } зачинено.
visit-not-received = { $day } прийому з цього питання немає.
visit-full = { $day } усе зайнято.
visit-full-today = На сьогодні вільного часу вже немає.
visit-nearest = Найближчий вільний час: { $when }.
visit-none-free = До { $day } усе зайнято. Терміново — телефонуйте: { $phone }.
visit-none-free-wait = Щойно час звільниться, можемо сповістити.
visit-booked =
    Готово, запис № { $number }.
    { $when }, { $place }.
visit-bring = Візьміть: { $list }.
visit-bring-more =
    Ще { $count ->
        [one] { $count } документ
        [few] { $count } документи
       *[other] { $count } документів
    } — у переліку.
visit-hall = Ваш номер на табло — { $hall }.
visit-remind-before = Нагадаємо напередодні { $clock }.
visit-remind-today = Нагадаємо того ж дня { $clock }.
visit-no-reminder = Сюди нагадати не зможемо: цей месенджер не дає писати першими. Додайте запис у свій календар.
visit-moved =
    Перенесено: { $when }, { $place }.
    Номер запису той самий: { $number }.
visit-told = Запис № { $number }: { $when }, { $place }.
visit-line = № { $number }: { $when }, { $place }
visit-mine-list =
    Ваші записи:
    { $list }
visit-mine-none = Записів у вас зараз немає. Записати вас на прийом?
visit-move-label = Перенести № { $number }
visit-cancel-label = Скасувати № { $number }
visit-cancel = Скасувати запис № { $number }, { $when }?
visit-cancelled = Запис № { $number } скасовано, час звільнено. Дякуємо, що сказали.
visit-gone = Такого запису зараз немає: його скасовано, або прийом уже минув. Щось не так — телефонуйте: { $phone }.
visit-too-many =
    У вас уже два записи попереду, більше заразом не записуємо: час потрібен і іншим.
    Один можна перенести або скасувати. Треба ще — телефонуйте: { $phone }.
visit-too-often =
    Сьогодні записи вже кілька разів змінювали, тож далі — завтра.
    Терміново — телефонуйте: { $phone }.
visit-reminder =
    { $when } чекаємо { $other ->
        [yes] людину, яку ви записали
       *[no] вас
    }: { $place }.
visit-coming = Прийдете?
visit-confirmed = Добре, чекаємо: { $when }.
visit-no-queue = За записом приймають у ваш час, у загальній черзі стояти не треба.
visit-no-queue-delay =
    За записом приймають у ваш час. Затримка зазвичай { $minutes ->
        [one] { $minutes } хвилина
        [few] { $minutes } хвилини
       *[other] { $minutes } хвилин
    }.
visit-cancelled-by-office =
    Ваш прийом не відбудеться: { $when }, запис № { $number }. Перепрошуємо за клопіт.
    Запишемо на інший час?
visit-moved-by-office =
    Ваш прийом перенесено: { $when }, { $place }. Номер запису той самий: { $number }.
    Перепрошуємо за клопіт.
visit-freed =
    Звільнився час: { $when }, { $place }.
    Тримаємо його для вас до { $until }. Записати?
visit-waits =
    Добре, шукаємо для вас вільний час: { $days }.
    Звільниться — напишемо сюди й потримаємо його для вас годину.
visit-till = до { $day }
visit-waits-no-more = Добре, про вільний час не сповіщаємо.
visit-return = Повернімося до запису?
visit-dropped = Добре, не записуємо. Захочете прийти — напишіть «запис».
visit-law =
    Дехто йде на прийом поза чергою. Казати про це не обов’язково.
    Чи стосується вас щось із цього?
visit-law-line = – { $who }
visit-law-papers = На прийомі покажіть документ, який це підтверджує.
visit-law-marked = Позначено: вас приймуть без черги. Візьміть документ, який це підтверджує.
visit-calendar = Ось файл: відкрийте його, і запис стане у ваш календар.
visit-uncalendar = Відкрийте цей файл, і запис зникне з вашого календаря.
visit-to-write-down = Файл сюди не надіслати. Запишіть собі: { $when }, { $place }.
visit-title = Прийом: { $name }
visit-note = Запис № { $number }.
visit-file = Запис { $number }
visit-office-unknown = адресу уточніть телефоном
visit-room = { $address }, кабінет { $room }
visit-today = сьогодні

button-visit = Запис на прийом
button-visit-new = Записатися
button-visit-again = Інший час
button-visit-other = Інше питання
button-visit-any = Будь-хто
button-visit-other-day = Інший день
button-visit-no-name = Не називати
button-visit-keep = Лишити як є
button-visit-wait = Сповістити
button-visit-unwait = Не сповіщати
button-visit-calendar = У календар
button-visit-uncalendar = Прибрати запис
button-visit-way = Як дістатися
button-visit-move = Перенести
button-visit-cancel = Скасувати
button-visit-cancel-yes = Так, скасувати
button-visit-leave = Лишити
button-visit-come = Прийду
button-visit-mine = Мої записи
button-visit-take = Записати мене
button-visit-pass = Не треба
button-visit-go = До запису
button-visit-law = Без черги
button-visit-not-me = Нічого з цього

### The hall and the desk: what they tell whoever is booked.

desk-called = Ваша черга: номер { $hall }, { $room }. Заходьте, будь ласка.
desk-stopped =
    Прийому не буде: { $when }, запис № { $number }. Перепрошуємо за клопіт.
    Запис лишається за вами, доки не виберете інший час.

## Offices: the nearest, the way, how busy, the mobile office

place-street = вул. { $name }
place-district = район { $name }
nearest-where = Бот не бачить, де ви. Напишіть село, район чи вулицю. Або виберіть адресу:
nearest-choose = Де ви живете? Напишіть село, район чи вулицю або виберіть:
nearest-which = Таких місць кілька. Яке ваше?
nearest-unknown =
    Місця «{ $name }» в переліку громади немає.
    Напишіть найближче село чи вулицю. Можна надіслати, де ви.
nearest-from = { $place }: ось що найближче. Відстань рахую по прямій.
nearest-matter = { $label }: ось куди йти.
nearest-matter-from = { $label }: ось куди найближче. Ваше місце: { $place }.
nearest-also = Можна й сюди: { $offices }.
nearest-without = Або так: { $doors }.
office-route = Як дістатися:
office-busy-nobody = Зараз у черзі нікого.
office-busy-now =
    Зараз у черзі { $count ->
        [one] { $count } людина
        [few] { $count } людини
       *[other] { $count } людей
    }.
office-busy-now-wait =
    Зараз у черзі { $count ->
        [one] { $count } людина
        [few] { $count } людини
       *[other] { $count } людей
    }, чекати приблизно { $minutes ->
        [one] { $minutes } хвилину
        [few] { $minutes } хвилини
       *[other] { $minutes } хвилин
    }.
office-busy-now-usual =
    Зараз у черзі { $count ->
        [one] { $count } людина
        [few] { $count } людини
       *[other] { $count } людей
    }. Зазвичай о цій годині чекають приблизно { $minutes ->
        [one] { $minutes } хвилину
        [few] { $minutes } хвилини
       *[other] { $minutes } хвилин
    }.
office-busy-usual =
    Зазвичай о цій годині чекають приблизно { $minutes ->
        [one] { $minutes } хвилину
        [few] { $minutes } хвилини
       *[other] { $minutes } хвилин
    }.
office-busy-chat =
    У чаті на відповідь чекають { $count ->
        [one] { $count } людина
        [few] { $count } людини
       *[other] { $count } людей
    }.
office-busy-chat-wait =
    У чаті на відповідь { $count ->
        [0] ніхто не чекає
        [one] чекає { $count } людина
        [few] чекають { $count } людини
       *[other] чекають { $count } людей
    }, зазвичай відповідаємо за { $minutes ->
        [one] { $minutes } хвилину
        [few] { $minutes } хвилини
       *[other] { $minutes } хвилин
    }.
office-busy-freer =
    Вільніше: { $day } { $part ->
        [morning] зранку
        [noon] посеред дня
       *[evening] після обіду
    }.
office-busy-unknown = Скільки там людей, я не бачу: запитайте телефоном { $phone }.
mobile-all = Мобільний офіс приїздить у села. Виберіть своє:
mobile-line = { $village }: { $day } { $times }
mobile-line-unknown = { $village }: день скажуть телефоном { $phone }
mobile-next = { $village }: мобільний офіс { $day } { $times }.
mobile-none-planned = { $village }: найближчими тижнями мобільного офісу не буде.
mobile-place = Де стоїть: { $place }.
mobile-later = Далі: { $days }.
mobile-off = Не приїде: { $days }.
mobile-takes = Приймає: { $takes }.
mobile-not-here = { $village }: сюди мобільний офіс не приїздить. Він буває поруч:
mobile-nowhere = Мобільного офісу в громаді немає. Допоможуть за адресою або телефоном { $phone }.
mobile-beside = Мобільний офіс: { $day } { $times }.
mobile-beside-unknown = Коли приїде мобільний офіс, скажуть телефоном { $phone }.
button-nearer = Що ближче до мене
button-way-there = Як дістатися
button-where-to-go = Куди йти
button-mobile = Мобільний офіс
button-mobile-all = Інші села
button-nearest-offices = Найближчі адреси

## Registers asked instead of papers

documents-by-register = Довідку не потрібно, перевіримо самі: { $list }.
documents-nothing = Нести нічого не треба.
sheet-by-register = Не потрібно, перевіримо самі

## The state of an application

application-ask =
    Напишіть номер заяви й код із розписки.
    Можна одним повідомленням: { $number }, код { $code }.
application-number-first = Є код. Тепер напишіть номер заяви: він на тій самій розписці.
application-number-again = Це не схоже на номер заяви. Він надрукований на розписці, у ньому є цифри.
application-ask-code =
    Номер записано. Тепер напишіть код із розписки.
    У ньому вісім знаків: букви й цифри по черзі.
application-code-again =
    Код має вісім знаків: букви й цифри по черзі, як-от { $code }.
    Він надрукований на розписці.
application-code-renewed = Код цієї заяви змінили. Напишіть номер і код із нової розписки.
application-wrong =
    Заяви з таким номером і кодом не знайдено. Перевірте обидва на розписці.
    Код міг змінитися: тоді діє лише новий. Допоможе й телефон: { $phone }.
application-limit =
    На сьогодні спроби закінчилися: їх п’ять на день. Завтра можна знову.
    Потрібно сьогодні — подзвоніть: { $phone }. Або покличте людину.
application-no-code =
    Код друкують на розписці, коли приймають заяву.
    Немає розписки — візьміть паспорт і прийдіть до нас: видамо нову.
    { $reception }, { $address }, { $phone }.
application-dropped = Гаразд. Захочете дізнатися про заяву — напишіть.
application-head = Заява № { $number }: { $state }.
application-matter = Про що: { $matter }
application-since = Цей стан із { $since }
application-amount-approved = Призначено: { $amount }
application-amount-paid = Виплачено: { $amount }
application-period = Період: з { $date } до { $until }
application-period-from = Період: з { $date }
application-period-to = Період: до { $until }
application-reason = Причина: { $reason }
application-papers = Бракує: { $list }
application-next = Що далі: { $next }
application-as-of-today = Станом на сьогодні, { $clock }.
application-as-of = Станом на { $date }, { $clock }.
application-is-submitted = подано
application-is-accepted = на розгляді
application-is-needs_papers = бракує документів
application-is-approved = призначено
application-is-refused = цього разу ні
application-is-paid = виплачено
application-is-stopped = зупинено
application-is-closed = закрито
application-then-submitted = зачекайте, заяву ще не почали розглядати.
application-then-accepted = зачекайте на рішення.
application-then-needs_papers = принесіть ці документи туди, де подавали заяву.
application-then-approved = зачекайте на виплату.
application-then-refused = рішення можна оскаржити або подати заяву знову.
application-then-paid = якщо гроші не прийшли, запитайте спеціаліста: { $phone }.
application-then-stopped = запитайте спеціаліста, як поновити: { $phone }.
application-then-closed = якщо щось лишилося, запитайте спеціаліста: { $phone }.
application-money-approved =
    Допомогу призначено { $since }, дня виплати тут не видно.
    Уточнити можна телефоном: { $phone }.
application-money-paid =
    За нашими даними, виплату проведено { $since }.
    Гроші не прийшли — подзвоніть: { $phone }.
application-money-refused = За цією заявою виплати не буде: цього разу відповідь «ні».
application-money-undecided = Рішення ще немає, тому й дня виплати немає.
application-why = Причина в рішенні: { $reason }.
application-why-unknown =
    Стан заяви: { $state }. Причини тут не видно.
    Її знає спеціаліст: { $phone }.
application-history = Історія заяви № { $number }:
application-history-line = { $date }: { $state }
application-followed = Заява № { $number }: напишу сюди, щойно щось зміниться.
application-followed-quiet =
    Заяву № { $number } додано до списку.
    Ви просили не писати першими, тому зміни дивіться тут: «Мої заяви».
application-full = Стежити можна за десятьма заявами. Спершу приберіть одну зі списку.
application-not-followed = Гаразд, про цю заяву більше не писатиму.
application-none-followed = Ви поки не стежите за жодною заявою.
application-followed-list = Ви стежите за заявами:
application-followed-line = № { $number }: { $state }
application-changed =
    Є новини.
    { $status }
button-application-check = Перевірити заяву
button-application-no-code = Немає коду
button-application-elsewhere = Де ще дізнатися
button-application-follow = Повідомляти зміни
button-application-stop = Не стежити
button-application-history = Історія
button-application-again = Докладно
button-application-appeal = Оскаржити
button-application-mine = Мої заяви
