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
    /mix рисует сразу в нескольких стилях, от двух до четырёх
    /mystyles хранит твои стили и делится ими по ссылке
    /lab показывает, как я вижу: палитры, слои, морфинг
    /jobs покажет твои заказы: прислать картину снова или нарисовать заново
    /settings: как мне рисовать: качество, размер, сила, цвета, кисть, фото или файл
    /cancel забудет твоё фото и остановит то, что я для тебя рисую
    /privacy расскажет, что я храню, /delete_me это удалит
    /help покажет это
ask-for-own-style = Пришли фото, которое нарисовать. Потом пришли вторую картинку: её стиль я и возьму.
ask-for-photo = Вот мои стили. Сначала пришли мне фото, потом нажми на тот, что нравится.
in-a-group = В этой группе я вижу только то, что сказано мне: подпиши картинку @{ $bot } или пришли её ответом на моё сообщение.

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
content-kept = Фото я сохраню: тогда просто нажми здесь на стиль.
style-unknown = Стиля «{ $name }» у меня нет. Может, один из этих?
style-unlike = Стиля «{ $name }» у меня нет, и похожего тоже. Вот мои: нажми на любой.
style-none = Стиля «{ $name }» у меня нет.
style-missing = Какой стиль? Например: <code>/style мозаика</code>. Или нажми на любой:
style-no-photo = Фото для этого не видно: напиши <code>/style мозаика</code> под фото или в ответ на него.
other-style = То же фото в другом стиле: нажми на любой.
album-too-many = Здесь больше двух картинок. Пришли ровно две: первую я рисую, вторая даёт стиль.
album-one-good = Из этого альбома подходит только одна картинка, её я и нарисую. Нажми на стиль или пришли вторую картинку.
album-one-seen = Из этого альбома до меня дошла только одна подходящая картинка, её я и сохраню. Нажми на стиль или пришли вторую.
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
still-photo-there = Твоё фото всё ещё у меня: нажми на стиль под ним или пришли вторую картинку, её стиль я и возьму.
still-painting = { $jobs ->
        [1] Твоя картина уже в работе и придёт сама.
        [one] { $jobs } твоя картина уже в работе и придёт сама.
        [few] { $jobs } твои картины уже в работе и придут сами.
       *[many] { $jobs } твоих картин уже в работе и придут сами.
    } А пока можно прислать другое фото.
still-study = Всё ещё жду фото для «<b>{ $study }</b>»: пришли его или нажми «Не надо» выше.
still-style = Всё ещё жду картинку для «<b>{ $study }</b>»: пришли её, назови стиль или нажми «Не надо» выше.
still-second-photo = Всё ещё жду второе фото для «<b>{ $study }</b>»: пришли его или нажми «Не надо» выше.
still-chosen = Всё ещё жду фото, которое нарисую в стиле <b>{ $name }</b>: пришли его или нажми «Не надо» выше.
still-name = Всё ещё жду новое название для <b>{ $name }</b>: просто напиши его или нажми «Не надо» выше.
remark-video = Видео я рисовать не умею.
remark-animation = Анимации я рисовать не умею.
remark-sticker = Классный стикер!
remark-sound = Слушать я не умею.
remark-file = Такой файл мне не нарисовать.
remark-other = С этим я ничего не могу сделать.

## Cancelling

cancel-nothing = Отменять нечего. Присылай фото, когда захочешь.
cancel-draft = Хорошо, фото забыто. Присылай другое, когда захочешь.
cancel-begun = Хорошо, начатое отложено. Присылай фото, когда захочешь.
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
about-hours = около { $hours } ч
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
film = ⏱ <b>{ $style }</b>: вот как она появилась.
film-coming = ⏱ Снимаю, как она появляется: таймлапс придёт сразу после картины.
differences-still = 🔎 То же самое, и всё отмечено.
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

## Settings

settings =
    ⚙️ <b>Настройки</b>

    Так я рисую всё, что ты пришлёшь с этого момента. Готовые картины остаются как есть.
settings-group =
    ⚙️ <b>Настройки этой группы</b>

    Так я рисую здесь для всех с этого момента. Менять это могут администраторы группы.
choice-instant = ⚡ Сразу
choice-hq = ✨ Качественно
choice-usual-size = Как обычно
choice-size = { $px } px
choice-soft = Мягко
choice-normal = Обычно
choice-strong = Сильно
choice-style-colours = Цвета стиля
choice-photo-colours = Цвета фото
choice-fine = 🖌 Мелко
choice-medium = 🖌 Средне
choice-broad = 🖌 Крупно
choice-photo = 🖼 Как фото
choice-file = 📄 И файлом

## Jobs

jobs-title = 🗂 <b>Твои картины</b>, новые сверху. Нажми на номер.
jobs-none = Здесь ещё нет ни одного твоего заказа. Присылай фото, когда захочешь.
jobs-queued = { $number }. ⏳ <b>{ $style }</b>, { $age } назад: в очереди
jobs-running = { $number }. 🎨 <b>{ $style }</b>, { $age } назад: рисую
jobs-done = { $number }. 🖼 <b>{ $style }</b>, { $age } назад
jobs-done-hq = { $number }. ✨ <b>{ $style }</b>, { $age } назад
jobs-done-poster = { $number }. 🖨 <b>{ $style }</b>, { $age } назад
jobs-failed = { $number }. 😔 <b>{ $style }</b>, { $age } назад: не получилось
jobs-cancelled = { $number }. ✋ <b>{ $style }</b>, { $age } назад: остановлено
jobs-tile = { $number }. { $style }

## Mixing styles

mix = 🎛 Нажми на два, три или четыре стиля. Кнопки − и + говорят, сколько чего брать; нажатие на ✓ убирает стиль.
mix-part = { $percent } % · <b>{ $style }</b>

## Styles of one's own

styles = ⭐ <b>Твои стили</b>. Нажми на стиль, чтобы рисовать в нём, переименовать его или поделиться.
styles-none = ⭐ Здесь пока нет ни одного твоего стиля. Сначала закажи картину в стиле другой картинки: потом этот стиль можно сохранить.
styles-full = У тебя уже тридцать стилей. Сначала удали один: /mystyles
style-name = Мой стиль
style-card = ⭐ <b>{ $name }</b>: твой стиль.
style-card-shared = ⭐ <b>{ $name }</b>: твой стиль. У кого есть ссылка, тот может в нём рисовать.
style-card-guest = ⭐ <b>{ $name }</b>: этим стилем с тобой поделились.
style-photo-waits = Твоё фото всё ещё у меня: нажми «{ $button }», и я так его нарисую.
style-none-to-save = Сохранять пока нечего. Сначала пришли мне два фото: второе даёт стиль.
style-chosen = Отлично. Пришли фото, и я нарисую его в стиле <b>{ $name }</b>.
chosen-left = Хорошо, не в этот раз. Присылай фото, когда захочешь, и я покажу свои стили.
style-which-name = Как теперь называть <b>{ $name }</b>? Просто напиши название.
style-name-left = Хорошо, название остаётся прежним.
style-name-empty = Такое название мне не показать. Напиши другое, с буквами.
style-name-long = Это название слишком длинное: напиши другое, не больше 48 знаков.
style-name-taken = Стиль с таким названием у тебя уже есть. Выбери другое.
style-delete = Удалить <b>{ $name }</b>? Ссылка перестанет работать, и вернуть это нельзя.
style-link =
    🔗 Кто откроет эту ссылку, сможет рисовать в стиле <b>{ $name }</b>. Сама картинка остаётся только у тебя.

    { $link }

    Копию ссылки я не храню. Новая ссылка или кнопка «Закрыть доступ» сделают её бесполезной.
style-link-dead = Эта ссылка никуда не ведёт: стиль удалён или доступ к нему закрыт. Попроси новую или выбери один из моих стилей: /start

## Privacy

privacy =
    🔒 <b>Что я храню</b>

    • Твой номер в Telegram, имя, язык и настройки: пока ты их не удалишь.
    • Фото, которые ты присылаешь, и картины по ним: { $hours ->
        [one] { $hours } час
        [few] { $hours } часа
       *[many] { $hours } часов
    }. После этого мне известно только, под каким номером мои ответы хранит Telegram.
    • Стили, которые ты сохраняешь под названием: пока ты их не удалишь. От ссылки на стиль остаётся только отпечаток.
    • Что и когда ты заказываешь, без самих картинок: пока ты это не удалишь.
    • Твои сообщения в том виде, в каком они пришли, чтобы ни одно не пропало: 48 часов.
    • Что решают о тебе администраторы, например предел, и что они делали: только твой номер, и после /delete_me тоже.
    • Сколько ты заказываешь за последние 24 часа, ради дневного предела: и после /delete_me тоже, но уже без твоего номера и только на эти 24 часа.

    Картины рисуются на этой машине, больше никто их не получает. Тот, кто меня запускает, может какое-то время хранить резервные копии.

    /delete_me удалит всё остальное.
private-only = Это останется между нами: напиши мне это в личном чате.
delete-me =
    Удалить всё, что я храню о тебе, во всех чатах? Твои фото, мои картины по ним, сохранённые стили и ссылки на них, настройки и список заказов исчезнут сразу; то, что я для тебя рисую, остановится.

    Мои сообщения останутся в твоих чатах, пока ты их там не удалишь. Вернуть это нельзя.
delete-not = Хорошо, всё остаётся как есть.
deleted = Готово. Удалено: { $rows ->
        [one] { $rows } запись
        [few] { $rows } записи
       *[many] { $rows } записей
    } и { $files ->
        [0] ни одного файла
        [one] { $files } файл
        [few] { $files } файла
       *[many] { $files } файлов
    }{ $jobs ->
        [0] .
        [one] ; остановлена { $jobs } картина.
        [few] ; остановлены { $jobs } картины.
       *[many] ; остановлено { $jobs } картин.
    } Если напишешь мне снова, начну с чистого листа.

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
preset-chosen = 🎨 <b>{ $style }</b>: отличный выбор! Пришли фото, и я так его нарисую.

## Posters

poster-which = 🖨 Какого размера? 150 dpi хороши на стене, 300 dpi вблизи.
poster-reply = Ответь на мою картину командой /poster, и она станет достаточно большой для печати. Удалённая картина не в счёт.
poster-unknown = Постера из этого не выйдет: это не моя картина или её у меня больше нет. Ответь командой /poster на другую мою картину.

## The lab

lab =
    🔬 <b>Лаборатория</b> показывает, как я вижу. Каждый опыт занимает около минуты.

    🎨 <b>Палитра</b>: цвета и мазки картины без того, что на ней изображено
    🧠 <b>По памяти</b>: что один из моих слоёв помнит о фото
    👁 <b>Что видит слой</b>: что волнует его сильнее всего или куда он смотрит на фото
    🎞 <b>Морфинг</b>: одно фото превращается в другое
    🔎 <b>Найди отличия</b>: чем различаются два фото одного и того же
lab-which-layer = 🔬 Какой слой? Первые видят края и текстуры, последние — предметы целиком.
lab-which-aspect = 🔬 Что о нём показать?
lab-photo = 🔬 <b>{ $study }</b>: пришли мне фото.
lab-style = 🔬 <b>{ $study }</b>: пришли мне картинку или напиши название стиля.
lab-no-picture = Картинки стиля <b>{ $name }</b> для этого у меня нет. Пришли её или назови другой стиль.
lab-two-photos = 🔬 <b>{ $study }</b>: пришли первое фото или оба сразу альбомом.
lab-second-photo = 🔬 <b>{ $study }</b>: первое фото у меня есть. Теперь пришли второе.
lab-too-many = 🔬 <b>{ $study }</b>: столько мне не нужно. Пришли { $photos ->
        [1] только одно фото
       *[other] два фото
    }.
lab-left = Хорошо, в другой раз. /lab снова откроет лабораторию.
left = Хорошо, в другой раз.
layer-edges = края
layer-textures = текстуры
layer-patterns = узоры
layer-parts = части предметов
layer-things = предметы
study-palette = Палитра
study-reconstruction = По памяти: { $layer }
study-layer-view = Что видит слой: { $layer }
study-channel = Канал { $channel }: { $layer }
study-feature-maps = Куда смотрит слой: { $layer }
study-morph = Морфинг
study-differences = Найди отличия
done-palette = 🎨 <b>{ $study }</b>: вот что остаётся от стиля, когда изображать нечего.
done-reconstruction = 🧠 <b>{ $study }</b>: вот что этот слой помнит о твоём фото.
done-layer-view = 👁 <b>{ $study }</b>: вот что волнует его сильнее всего.
done-asleep = 💤 <b>{ $study }</b>: его ничего не волнует, он спит.
done-feature-maps = 👁 <b>{ $study }</b>: твоё фото и то, что вспыхивает в самых чутких каналах.
done-morph = 🎞 <b>{ $study }</b>: одно фото превращается в другое.
done-differences = 🔎 <b>{ $study }</b>: { $places ->
        [0] отличий нет.
        [one] нашлось { $places } отличие. Оно проявится, потом я его отмечу.
        [few] нашлось { $places } отличия. Они проявятся по одному, потом я их отмечу.
       *[many] нашлось { $places } отличий. Они проявятся по одному, потом я их отмечу.
    }
done-unlike = 🔎 <b>{ $study }</b>: на этих фото не одно и то же, поэтому отмечать нечего.

## Answers to presses

press-on-it = Уже рисую!
press-stopping = Останавливаюсь…
press-cancelled = Отменено.
press-too-late = Поздно: эта картина уже готова.
press-already = Это уже в работе.
press-painted = Это уже нарисовано.
press-was-stopped = Это уже остановлено.
press-went-wrong = С этим не получилось. Попробуй ещё раз.
press-soon = Минутку: сначала закончу прежнюю просьбу.
press-not-stored = Сейчас мне ничего не записать. Отвечу, как только смогу.
press-old = Эта кнопка устарела. Пришли фото ещё раз.
press-not-yours = Это чужая кнопка.
press-pictures-gone = Этой картинки у меня больше нет. Пришли её снова.
press-file = Вот, файлом.
press-film = Сейчас пришлю.
press-film-begins = Нарисую в высоком качестве и сниму, как это было.
press-film-gone = Этого видео у меня больше нет. Нарисуй картину заново, и я сниму новое.
press-result-gone = Этой картины в полном размере у меня больше нет. Закажи её ещё раз.
press-style-gone = Этого стиля больше нет. Выбери другой.
press-not-possible = Здесь это уже не работает.
press-failed = Не получилось, извини. Попробуй ещё раз.
press-mix-full = Больше четырёх стилей мне не смешать.
press-mix-too-few = Для смеси нужны хотя бы два стиля.
press-saved = Сохранено.
press-unshared = Теперь им не пользуется никто, кроме тебя.
press-deleted = Удалено.
press-nothing-left = У меня больше нет ничего твоего: удалять нечего.
press-noted = Записано.
press-admins-only = Это могут менять только администраторы группы.
press-refreshed = Всё свежее.

## Trouble

unexpected = Извини, у меня что-то пошло не так. Ничего не пропало: попробуй снова через минуту.
no-room = Сейчас мне негде сохранить твою картинку. Пришли её чуть позже.
not-stored = Сейчас мне ничего не записать. Твоё сообщение не пропало: отвечу, как только смогу.
busy = Сейчас много работы. Попробуй снова через минуту.

## Enough for now

limit-queued = Твоих картин уже ждёт { $most }. Как только одна будет готова, можно попросить следующую.
limit-queued-eta = Твоих картин уже ждёт { $most }. Следующую можно попросить через { $again }, когда одна будет готова.
limit-daily = За 24 часа я рисую для тебя { $most ->
        [one] { $most } картину
        [few] { $most } картины
       *[many] { $most } картин
    }, и они уже готовы. Следующую можно попросить через { $again }.
limit-daily-none = За 24 часа я рисую для тебя { $most ->
        [one] { $most } картину
        [few] { $most } картины
       *[many] { $most } картин
    }, поэтому пока ничего. Проси снова, когда администратор разрешит больше.
intake-paused = Сейчас я не беру новых картин; то, что уже заказано, дорисую. Попробуй чуть позже.
intake-paused-because = { $sentence }
banned = Администратор решил, что я больше ничего для тебя не рисую.

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

# Admins

admin-lanes =
    <b>Рисуются и ждут</b>
    сразу { $instant_run } и { $instant_wait } · высокое качество { $hq_run } и { $hq_wait } · плакаты { $poster_run } и { $poster_wait }
admin-lately =
    <b>За последнее время</b>
    за час: готовы { $hour }, не вышли { $hour_failed }
    за 24 часа: готовы { $day }, людей { $day_people }, не вышли { $day_failed }
admin-crowd =
    <b>Люди</b>
    всего { $people } · заблокировали меня { $blocked } · забанены { $banned }
admin-paused = ⏸ Я не беру новых картин и отвечаю: { $sentence }
admin-resumed = ▶ Я снова беру новые картины.
admin-pause-too-long = Знаков здесь { $long }; скажи это короче, не больше { $most }.
admin-no-job = Задания с таким номером нет.
admin-job-usage = Которое? Например: <code>/job 12</code>
admin-job =
    <b>Задание #{ $id }</b>: { $state }
    { $user } (<code>{ $number }</code>), { $age } назад
    { $lane }, { $px } px, { $style }
    попытка { $attempt }
admin-no-timeline = С ним пока ничего не случилось.
admin-event = <code>{ $after } с</code> { $kind } <i>{ $detail }</i>
admin-no-faults = Пока всё получалось.
admin-fault = <b>#{ $id }</b> { $user }, { $age } назад: <code>{ $error }</code>
admin-people = Кто это? Напиши <code>/user Ann</code> или <code>/user 12</code>, чтобы найти кого-то другого.
admin-nobody = Никого с таким именем я не знаю. Напиши часть имени или номер в Telegram.
admin-person =
    <b>{ $name }</b> (<code>{ $id }</code>), { $speaks }, здесь уже { $came }
    картин всего { $jobs }, за 24 часа { $today }, ждут или рисуются { $open }
admin-person-usual = Предел: как у всех
admin-person-daily = Предел: { $daily } картин за 24 часа
admin-person-admin = 🔑 Администратор: без пределов
admin-person-banned = 🚫 Под баном
admin-person-blocked = Меня блокирует
admin-no-acts = Администраторы пока ничего не делали.
admin-act = { $age } назад, <code>{ $admin }</code>:
act-appoint = <code>{ $subject }</code> теперь админ
act-dismiss = <code>{ $subject }</code> больше не админ
act-alerts-on = тревоги снова включены
act-alerts-off = тревоги выключены
act-ban = бан для <code>{ $subject }</code>
act-unban = бан снят с <code>{ $subject }</code>
act-quota = { $daily ->
        [one] <code>{ $subject }</code> можно { $daily } картину за 24 часа
        [few] <code>{ $subject }</code> можно { $daily } картины за 24 часа
       *[other] <code>{ $subject }</code> можно { $daily } картин за 24 часа
    }
act-quota-usual = для <code>{ $subject }</code> обычный предел
act-pause = приём на паузе
act-pause-because = приём на паузе: <i>{ $sentence }</i>
act-resume = приём снова открыт
act-retry = задание #{ $subject } ещё раз
act-cancel = задание #{ $subject } остановлено
act-bump = задание #{ $subject } пропущено вперёд
act-broadcast = рассылка #{ $subject } отправлена
act-broadcast-stopped = рассылка #{ $subject } остановлена
act-broadcast-dropped = рассылка #{ $subject } отменена
act-style-added = добавлен стиль <code>{ $subject }</code>
act-style-renamed = переименован стиль <code>{ $subject }</code>
act-style-hidden = скрыт стиль <code>{ $subject }</code>
act-style-shown = снова показан стиль <code>{ $subject }</code>
act-style-first = стиль <code>{ $subject }</code> теперь первый
act-style-fitted = подогнан стиль <code>{ $subject }</code>
act-style-not-fitted = подогнать стиль <code>{ $subject }</code> не вышло
state-queued = ждёт
state-running = рисуется
state-done = готово
state-failed = не вышло
state-cancelled = отменено
state-dead = отложено
lane-instant = сразу
lane-hq = высокое качество
lane-poster = постер
admin-job-error = Что пошло не так: <code>{ $error }</code>
admin-waited = ожидание за час: в среднем { $wait }
admin-nobody-waits = никто не ждёт
admin-oldest = дольше всех в очереди ждут уже { $oldest }
admin-banned = 🚫 Готово: больше ничего от этого человека не беру.
admin-unbanned = ✅ Готово: снова можно просить.
admin-quota-set = ✅ Готово: теперь предел такой.
admin-promoted = 🔑 Готово: теперь это админ.
admin-demoted = ✅ Готово: это больше не админ.
admin-ban-usage = Кого? Например: <code>/ban 12</code>
admin-unban-usage = Кого? Например: <code>/unban 12</code>
admin-quota-usage = Кому и сколько за 24 часа? Например <code>/quota 12 50</code> или <code>/quota 12 usual</code>
admin-promote-usage = Кого? Например <code>/promote 12</code> или <code>/demote 12</code>
admin-promote-ask = <code>{ $id }</code> ни разу мне не писал. Всё равно сделать администратором?
admin-press-old = Эта кнопка устарела. /admin покажет, как обстоят дела.
admin-not-allowed = Это не в твоих правах: администраторов выбирают только владельцы, и никто не банит администратора.

alarm-worker-lost = ⚠️ Рабочий процесс замолчал: за последние четверть часа заново начато картин: { $jobs }.
alarm-painter-deaths = ⚠️ За последние четверть часа рисовальщик пропадал { $deaths } раз.
alarm-failures = ⚠️ За последние четверть часа не вышло картин: { $failed }, это { $percent } % всех.
alarm-queue = ⚠️ Кто-то ждёт уже { $minutes } мин.
alarm-disk = ⚠️ Диск почти полон: осталось { $free } МБ.
all-clear-worker-lost = ✅ Рабочие процессы больше не замолкают.
all-clear-painter-deaths = ✅ Рисовальщик снова здоров.
all-clear-failures = ✅ Картины снова получаются.
all-clear-queue = ✅ Больше никто не ждёт долго.
all-clear-disk = ✅ На диске снова есть место.
all-clear-second-poller = ✅ Мои сообщения больше никто другой не забирает.

press-done = Готово.
press-bumped = Оно следующее.
press-already-so = Так уже и есть.
press-broadcast-stopped = Рассылка уже остановлена: больше её никто не получит.
press-broadcast-done = Поздно: все уже знают.

button-admin-faults = ⚠️ Сбои
button-admin-people = 👥 Люди
button-admin-acts = 📜 Журнал
button-admin-back = ◀ Обзор
button-admin-bump = ⏫ Следующим
button-admin-person = 👤 Человек
button-admin-pause = ⏸ Пауза
button-admin-resume = ▶ Продолжить
button-admin-alerts-on = 🔔 Включить тревоги
button-admin-alerts-off = 🔕 Выключить тревоги
button-admin-ban = 🚫 Забанить
button-admin-unban = Разбанить
button-admin-promote = Сделать администратором
button-admin-usual = Обычный предел
button-admin-quota = { $daily } в день

broadcast-usage = Что сказать всем? Напиши это после команды: <code>/broadcast Hello!</code>
broadcast-ask = Все увидят это так, как выше; людей: { $people }. Отправить?
broadcast-state = Рассылка, { $state }: людей всего { $people }, отправлено { $sent }; заблокировали меня { $blocked }, не дошло до { $failed }.
broadcast-done = 📣 Рассылка закончена: отправлено { $sent }; заблокировали меня { $blocked }, не дошло до { $failed }.
button-admin-send = 📣 Отправить
button-admin-stop = Остановить

style-add-usage = Ответь на фото: <code>/addstyle our-wall Our wall</code>, сначала короткое имя, потом то, что увидят люди.
style-added = Теперь <code>{ $name }</code> доступен всем. Подгоню его, когда не будет других дел, и сообщу.
style-fitted = <code>{ $name }</code> подогнан: теперь картины в нём ближе к образцу.
style-not-fitted = <code>{ $name }</code> подогнать не удалось: он остаётся и рисуется как раньше. Причина в журнале.
style-change-usage = Какой стиль? Например <code>/renamestyle our-wall The old wall</code> или <code>/hidestyle mosaic</code>
style-renamed = <code>{ $name }</code> теперь называется «{ $title }».
style-hidden = <code>{ $name }</code> больше не предлагается.
style-shown = <code>{ $name }</code> снова предлагается.
style-first = <code>{ $name }</code> теперь идёт первым.
style-bad-name = Короткое имя: от 2 до 31 строчной латинской буквы, цифры и дефисы, сначала буква.
style-taken = Стиль с таким именем уже есть; возьми другое имя.
style-bad-title = Название для людей: от 1 до 40 печатных знаков.
style-not-there = Стиля с таким именем нет.
style-last = Это последний стиль; сначала добавь другой.
style-not-now = Сейчас стили не изменить; причина в журнале.

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
button-file = 📄 Файлом
button-palette = 🎨 Палитра
button-reconstruction = 🧠 По памяти
button-layer-view = 👁 Что видит слой
button-morph = 🎞 Морфинг
button-differences = 🔎 Найди отличия
button-whole-layer = 👁 Весь слой
button-one-channel = 🎲 Случайный канал
button-in-a-photo = 📷 Куда он смотрит на фото
button-last-photo = 🖼 Моё последнее фото
button-never-mind = Не надо
button-lab = 🔬 В лабораторию
button-paint-photo = 🎨 Нарисовать фото
button-another-channel = 🎲 Другой канал
button-other-way = 🔀 В обратную сторону
button-layer = Слой: { $layer }
button-film = ⏱ Таймлапс
button-swap = 🔀 Поменять
button-other-style = 🎨 Другой стиль
button-resend = 📨 Прислать снова
button-afresh = ⚙️ С моими настройками
button-all-jobs = ◀ Все картины
button-delete-me = Удалить всё
button-keep-me = Оставить
button-guest-style = 👥 { $name }
button-save-last = 💾 Сохранить последний стиль
button-save-style = 💾 Сохранить стиль
button-use-style = 🎨 Рисовать в нём
button-share = 🔗 Поделиться
button-new-link = 🔗 Новая ссылка
button-unshare = Закрыть доступ
button-rename = ✏️ Название
button-delete = 🗑 Удалить
button-keep-style = Оставить
button-leave = Убрать из моего списка
button-all-styles = ◀ Все мои стили
button-mix = 🎛 Смешать
button-less = − { $style }
button-more = + { $style }
button-paint-mix = 🎨 Нарисовать смесь
button-own-style-name = ⭐ { $name }
button-favourite = ♥ { $style }
preset-numbered = { $number }. { $title }
category-all = Все
category-paintings = Картины
category-patterns = Узоры
category-house = Свои стили
button-language = 🌐 Язык
button-chosen = ✓ { $label }
button-language-auto = Как в моём Telegram
button-inline-paint = 🎨 Нарисовать так своё фото
button-inline-open = Нарисовать своё фото
button-admin-refresh = 🔄 Обновить

## The command menu

command-start = Показать, что я умею
command-style = Нарисовать фото в стиле: /style мозаика
command-poster = Сделать картину достаточно большой для печати
command-lab = Увидеть, как я вижу: палитры, слои, морфинг
command-mix = Рисовать сразу в нескольких стилях
command-mystyles = Твои собственные стили
command-jobs = Твои заказы
command-settings = Как мне рисовать для тебя
command-language = Выбрать мой язык
command-help = Как мной пользоваться
command-privacy = Что я о тебе храню
command-delete_me = Удалить всё, что я о тебе храню
command-cancel = Забыть фото, остановить мои картины
command-admin = Что происходит
command-job = Задание и его история: /job 12
command-user = Найти человека: /user Ann
command-ban = Больше ничего не брать от человека: /ban 12
command-unban = Снова пустить человека: /unban 12
command-quota = Другой предел для человека: /quota 12 50
command-pause = Не брать новых картин и сказать почему
command-resume = Снова брать новые картины
command-audit = Что делали администраторы
command-promote = Владельцы: сделать администратором
command-demote = Владельцы: больше не администратор
command-broadcast = Сказать что-то всем
command-addstyle = В ответ на фото: стиль для всех
command-renamestyle = Назвать стиль иначе
command-hidestyle = Больше не предлагать стиль
command-showstyle = Снова предлагать стиль
command-firststyle = Предлагать стиль раньше всех
