# Все фразы и кнопки бота. Обращение на «ты»; без прошедшего времени о себе и о собеседнике: рода бот не знает.

## Beginning and help

start =
    Привет, { $name }! Пришли мне фото, и я нарисую его заново в стиле другой картины.

    Выбери один из моих стилей или пришли второе фото, чей стиль тебе нравится.
how-it-works =
    <b>Как это работает</b>

    1. Пришли фото: его я и нарисую.
    2. Нажми на один из моих стилей или пришли второе фото, стиль которого мне взять.
    3. Картина готова сразу. Кнопки под ней меняют её: сильнее, мягче, цвета твоего фото, другая кисть.
    4. Нравится? Закажи высокое качество и смотри, как картина растёт, или возьми её как постер.

    Можно прислать и два фото вместе: первое я рисую, второе даёт стиль.
help =
    <b>Что я умею</b>

    • Пришли фото, потом нажми на стиль или пришли второе фото как образец стиля.
    • Или пришли оба сразу альбомом: первое я рисую, второе даёт стиль.
    • Картинки файлом (JPEG, PNG, WebP, AVIF или HEIC, до 20 МБ) тоже подойдут.
    • Стиль уже известен? Напиши <code>/style мозаика</code> под фото или в ответ на него. В группах это тоже работает.
    • Ответь на мою картину командой /poster, и она станет достаточно большой для печати.

    /start покажет пример
    /language сменит мой язык
    /cancel забудет твоё фото и остановит то, что я для тебя рисую
    /help покажет это
ask-for-own-style = Пришли фото, которое нарисовать. Потом пришли вторую картинку: её стиль я и возьму.
ask-for-photo = Вот мои стили. Сначала пришли мне фото, потом нажми на тот, что нравится.

## The styles that ship with the project

preset-brush-strokes = Мазки
preset-starry-night = Звёздная ночь
preset-stained-glass = Витраж
preset-great-wave = Большая волна
preset-ink-wash = Тушь
preset-metzinger = Метценже
preset-woodcut-waves = Гравюра с волнами
preset-the-scream = Крик
preset-mosaic = Мозаика
preset-composition-vii = Композиция VII
preset-marbling = Мраморная бумага
preset-wheat-field = Пшеничное поле
preset-frost = Иней
preset-woman-with-a-hat = Женщина в шляпе
preset-embroidery = Вышивка
preset-udnie = Удни
preset-halftone-comic = Комикс
preset-night-cafe = Ночное кафе
preset-watercolour = Акварель
preset-contrast-of-forms = Контраст форм
preset-pointillism = Пуантилизм
preset-shipwreck = Кораблекрушение
preset-hatching = Штриховка пером
preset-grainstack = Стог сена
preset-facets = Грани
preset-edtaonisl = Эдтаонисл
preset-night-neon = Ночной неон
preset-beatus-page = Страница Беата
preset-blueprint = Чертёж
preset-olive-trees = Оливы

## Pictures

content-set = Отлично, фото у меня. Нажми на стиль или пришли вторую картинку: её стиль я и возьму.
style-unknown = Стиля «{ $name }» у меня нет. Может, один из этих?
style-missing = Какой стиль? Например: <code>/style мозаика</code>. Вот первые из них:
style-no-photo = Напиши <code>/style мозаика</code> под фото или в ответ на него.
other-style = То же фото в другом стиле: нажми на любой.
album-too-many = Здесь больше двух картинок. Пришли ровно две: первую я рисую, вторая даёт стиль.
album-one-good = Из этого альбома подходит только одна картинка, её я и нарисую. Нажми на стиль или пришли вторую картинку.
album-none-good = Не получается прочитать ни одной картинки из этого альбома. Пришли два фото в JPEG, PNG, WebP, AVIF или HEIC.
picture-animated = Эта картинка движется: беру её первый кадр.
picture-not-a-picture = Этот файл не похож на картинку. Пришли фото или изображение в JPEG, PNG, WebP, AVIF или HEIC.
picture-too-large = В этой картинке слишком много пикселей. Пришли такую, где их не больше 50 мегапикселей.
picture-too-small = Эта картинка слишком мала. Пришли такую, где хотя бы 64 пикселя по каждой стороне.
picture-too-long = Эта картинка слишком длинная и узкая. Пришли такую, где длина не больше 20 ширин.
picture-broken = Похоже, эта картинка повреждена. Пришли её ещё раз или попробуй другую.
picture-too-slow = Эта картинка открывается слишком долго. Сохрани её как JPEG и пришли снова.
file-too-big = Этот файл слишком большой, мне его не скачать. Пришли поменьше: до 20 МБ годится всегда.
download-failed = Не получилось скачать эту картинку из Telegram. Пришли её ещё раз.

## Anything else

unknown-command = Такой команды я не знаю. /help покажет, что я умею.
not-a-photo-text = Я рисую по фото. Пришли мне одно, и я покажу свои стили.
not-a-photo-video = Видео я рисовать не умею. Пришли фото, например кадр из него.
not-a-photo-animation = Анимации я рисовать не умею. Пришли фото, например кадр из неё.
not-a-photo-sticker = Классный стикер! Но рисую я только по фото: пришли одно.
not-a-photo-sound = Слушать я не умею, зато умею рисовать. Пришли мне фото.
not-a-photo-file = Такой файл мне не нарисовать. Пришли фото или изображение в JPEG, PNG, WebP, AVIF или HEIC.
not-a-photo-other = С этим я ничего не могу сделать. Пришли мне фото, и я покажу свои стили.

## Cancelling

cancel-nothing = Отменять нечего. Присылай фото, когда захочешь.
cancel-draft = Хорошо, фото забыто. Присылай другое, когда захочешь.
cancel-jobs = { $jobs ->
        [1] Хорошо, останавливаю картину, которую рисую.
        [2] Хорошо, останавливаю обе твои картины.
        [one] Хорошо, останавливаю { $jobs } твою картину.
        [few] Хорошо, останавливаю { $jobs } твои картины.
       *[many] Хорошо, останавливаю { $jobs } твоих картин.
    }
cancel-both = { $jobs ->
        [1] Хорошо, останавливаю картину, которую рисую, и забываю твоё фото.
        [2] Хорошо, останавливаю обе твои картины и забываю твоё фото.
        [one] Хорошо, останавливаю { $jobs } твою картину и забываю твоё фото.
        [few] Хорошо, останавливаю { $jobs } твои картины и забываю твоё фото.
       *[many] Хорошо, останавливаю { $jobs } твоих картин и забываю твоё фото.
    }

## The status message

own-style = Твой стиль
about-seconds = около { $seconds } с
about-minutes = около { $minutes } мин
queued-next = 🎨 <b>{ $style }</b>: твоя очередь следующая.
queued-next-eta = 🎨 <b>{ $style }</b>: твоя очередь следующая, { $eta }.
queued-behind = 🎨 <b>{ $style }</b>: в очереди, { $ahead ->
        [one] впереди { $ahead } картина.
        [few] впереди { $ahead } картины.
       *[many] впереди { $ahead } картин.
    }
queued-behind-eta = 🎨 <b>{ $style }</b>: в очереди, { $ahead ->
        [one] впереди { $ahead } картина, { $eta }.
        [few] впереди { $ahead } картины, { $eta }.
       *[many] впереди { $ahead } картин, { $eta }.
    }
starting = 🎨 <b>{ $style }</b>: смешиваю краски.
painting =
    🎨 <b>{ $style }</b>: рисую
    <code>{ $bar }</code> { $percent } %
painting-eta =
    🎨 <b>{ $style }</b>: рисую, осталось { $eta }
    <code>{ $bar }</code> { $percent } %
held-up = ⏳ <b>{ $style }</b>: сейчас мне негде ничего сохранить. Ничего не пропало: продолжу, как только смогу.
stopping = 🎨 <b>{ $style }</b>: останавливаюсь.
delivering = 🖼 <b>{ $style }</b>: картина готова, вот она.
done = 🖼 <b>{ $style }</b>: вот твоя картина.
done-hq = ✨ <b>{ $style }</b>: вот твоя картина в высоком качестве.
done-poster = 🖨 <b>{ $style }</b>: вот твой постер. При { $dpi } dpi его длинная сторона { $length } см.
setting-strength = сила { $percent } %
setting-colours = цвета твоего фото
setting-finer = тонкая кисть
setting-broader = широкая кисть
cancelled = ✋ <b>{ $style }</b>: остановлено по твоей просьбе.
failed-engine = 😔 <b>{ $style }</b>: картина не получилась. Фото ещё у меня: попробуй снова.
failed-interrupted = 😔 <b>{ $style }</b>: меня дважды прервали за работой. Фото ещё у меня: попробуй снова.
failed-pictures-gone = 😔 <b>{ $style }</b>: картинок для этого у меня больше нет. Пришли их ещё раз.
failed-out-of-memory = 😔 <b>{ $style }</b>: на это не хватило памяти. Попробуй картинку поменьше.
failed-poisonous = 😔 <b>{ $style }</b>: эта картинка несколько раз вывела меня из строя, поэтому больше не берусь. Попробуй другую.
failed-timed-out = 😔 <b>{ $style }</b>: это длилось слишком долго, пришлось остановиться. Попробуй другую картинку или другой стиль.
failed-other = 😔 <b>{ $style }</b>: что-то пошло не так. Попробуй снова.
result-gone = 😔 <b>{ $style }</b>: картина готова, но файл потерялся. Попробуй снова.

## Languages

# What the language calls itself.
language-name = Русский
language-choose = На каком языке мне здесь говорить?
language-set = Хорошо, теперь я говорю здесь по-русски.
language-auto = Хорошо, снова говорю на языке твоего Telegram.

## In other chats: "@bot starry", and the links under what is found

inline-preset = 🎨 <b>{ $style }</b>: один из стилей, в которых я рисую фото.
inline-preset-about = Мой стиль: показать его здесь
inline-result = 🖼 <b>{ $style }</b>, картина от @{ $bot }
inline-result-about = Твоя картина

## Posters

poster-which = 🖨 Какого размера? 150 dpi хороши на стене, 300 dpi вблизи.
poster-reply = Ответь на мою картину командой /poster, и она станет достаточно большой для печати.

## Answers to presses

press-on-it = Уже рисую!
press-stopping = Останавливаюсь…
press-cancelled = Отменено.
press-too-late = Поздно: эта картина уже готова.
press-already = Это уже в работе.
press-soon = Минутку: сначала закончу прежнюю просьбу.
press-not-stored = Сейчас мне ничего не записать. Отвечу, как только смогу.
press-old = Эта кнопка устарела. Пришли фото ещё раз.
press-not-yours = Это чужая кнопка.
press-pictures-gone = Этой картинки у меня больше нет. Пришли её снова.
press-file = Вот, файлом.
press-result-gone = Этой картины в полном размере у меня больше нет. Закажи её ещё раз.
press-style-gone = Этого стиля больше нет. Выбери другой.
press-not-possible = Здесь это уже не работает.
press-failed = Не получилось, извини. Попробуй ещё раз.
press-refreshed = Всё свежее.

## Trouble

unexpected = Извини, у меня что-то пошло не так. Ничего не пропало: попробуй снова через минуту.
no-room = Сейчас мне негде сохранить твою картинку. Пришли её чуть позже.
not-stored = Сейчас мне ничего не записать. Твоё сообщение не пропало: отвечу, как только смогу.
busy = Сейчас много работы. Попробуй снова через минуту.

## Administration

admin-overview =
    <b>Задания</b>
    в очереди { $queued } · рисуются { $running } · готовы { $done }
    не вышли { $failed } · отменены { $cancelled } · отложены { $dead }
admin-nothing-open = Никто не ждёт, ничего не рисуется.
admin-job-running = <b>#{ $id }</b> { $user }, { $age }: <code>{ $bar }</code> { $percent } %
admin-job-queued = <b>#{ $id }</b> { $user }, { $age }: ждёт, впереди { $ahead }
admin-job-parked = ⚠️ Задание <b>#{ $id }</b> ({ $user }) стоило трёх рисовальщиков и отложено: <code>{ $reason }</code>.
age-seconds = { $seconds } с
age-minutes = { $minutes } мин
age-hours = { $hours } ч

alarm-second-poller = ⚠️ Кто-то ещё получает мои сообщения с тем же токеном. Можно только одному из нас: останови второго.
alarm-webhook = ⚠️ Кто-то задал мне вебхук, и сообщения больше не приходят. Останови его, потом перезапусти меня.

## Buttons

button-presets = 🎨 Посмотреть стили
button-own-style = 🖼 Взять свой стиль
button-how = ❓ Как это работает
button-previous = ◀
button-next = ▶
button-cancel = Отменить
button-retry = 🔁 Ещё раз
button-hq = ✨ Высокое качество
button-softer = Мягче
button-stronger = Сильнее
button-photo-colours = 🌈 Цвета фото
button-style-colours = 🌈 Цвета стиля
button-finer = 🖌 −
button-broader = 🖌 +
button-poster = 🖨 Постер
button-other-size = 🖨 Другой размер
button-paper = { $paper }, { $dpi } dpi
button-again = 🔁 Заново
button-file = 📄 Полный размер
button-swap = 🔀 Поменять местами
button-other-style = 🎨 Другой стиль
button-language-auto = Как в моём Telegram
button-language-chosen = ✓ { $name }
button-inline-paint = 🎨 Нарисовать так своё фото
button-inline-open = Нарисовать своё фото
button-admin-cancel = Отменить #{ $id }
button-admin-refresh = Обновить

## The command menu

command-start = Показать, что я умею
command-style = Нарисовать фото в стиле: /style мозаика
command-poster = Сделать картину достаточно большой для печати
command-language = Выбрать мой язык
command-help = Как мной пользоваться
command-cancel = Забыть фото, остановить мои картины
command-admin = Что происходит
