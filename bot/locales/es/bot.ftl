# Todas las frases y botones del bot. Tuteo; frases cortas.

## Beginning and help

start =
    ¡Hola, { $name }! Mándame una foto y la pinto de nuevo al estilo de otra imagen.

    Elige uno de mis estilos o mándame una segunda foto cuyo aspecto te guste.
how-it-works =
    <b>Cómo funciona</b>

    1. Manda una foto: es lo que pinto.
    2. Toca uno de mis estilos o manda una segunda foto cuyo aspecto deba tomar.
    3. El cuadro está listo al instante. Los botones de debajo lo cambian: más fuerte, más suave, tus colores, otro pincel.
    4. ¿Te gusta? Pídelo en alta calidad y mira cómo crece, o llévatelo como póster.

    También puedes mandar dos fotos juntas: pinto la primera y la segunda da el estilo.
help =
    <b>Qué sé hacer</b>

    • Manda una foto y luego toca un estilo o manda una segunda foto como estilo.
    • O manda las dos juntas en un álbum: pinto la primera y la segunda da el estilo.
    • También valen imágenes enviadas como archivo (JPEG, PNG, WebP, AVIF o HEIC, hasta 20 MB).
    • ¿Ya sabes el estilo? Escribe <code>/style mosaico</code> bajo una foto o en respuesta a ella. También funciona en grupos.
    • Responde a uno de mis cuadros con /poster para tenerlo en tamaño de impresión.

    /start muestra un ejemplo
    /language cambia mi idioma
    /mix pinta en dos a cuatro estilos a la vez
    /mystyles guarda tus propios estilos y los comparte con un enlace
    /lab enseña cómo veo: paletas, capas, metamorfosis
    /jobs muestra lo que pediste: que te lo mande o lo pinte otra vez
    /settings: cómo pinto para ti: calidad, tamaño, fuerza, colores, pincel, foto o archivo
    /cancel olvida tu foto y detiene lo que estoy pintando para ti
    /privacy dice qué guardo, /delete_me lo borra
    /help muestra esto
ask-for-own-style = Mándame la foto que debo pintar. Después manda una segunda imagen: tomo su aspecto.
ask-for-photo = Estos son mis estilos. Primero mándame una foto y luego toca el que te guste.
in-a-group = En este grupo solo veo lo que me dicen a mí: escribe @{ $bot } bajo la imagen o mándala como respuesta a un mensaje mío.

## The styles that ship with the project

preset-brush-strokes = Pinceladas
preset-starry-night = Noche estrellada
preset-stained-glass = Vidriera
preset-great-wave = La gran ola
preset-ink-wash = Aguada de tinta
preset-metzinger = Metzinger
preset-woodcut-waves = Xilografía de olas
preset-the-scream = El grito
preset-mosaic = Mosaico
preset-composition-vii = Composición VII
preset-marbling = Papel jaspeado
preset-wheat-field = Campo de trigo
preset-frost = Escarcha
preset-woman-with-a-hat = Mujer con sombrero
preset-embroidery = Bordado
preset-udnie = Udnie
preset-halftone-comic = Cómic
preset-night-cafe = Café de noche
preset-watercolour = Acuarela
preset-contrast-of-forms = Contraste de formas
preset-pointillism = Puntillismo
preset-shipwreck = El naufragio
preset-hatching = Plumilla
preset-grainstack = Almiar
preset-facets = Facetas
preset-edtaonisl = Edtaonisl
preset-night-neon = Neón nocturno
preset-beatus-page = Página del Beato
preset-blueprint = Cianotipo
preset-olive-trees = Olivos

## Pictures

content-set = ¡Genial, ya tengo tu foto! Toca un estilo o manda una segunda imagen y tomo su aspecto.
content-kept = Guardo tu foto: toca aquí un estilo cuando llegue el momento.
style-unknown = No tengo ningún estilo llamado «{ $name }». ¿Será uno de estos?
style-unlike = No tengo ningún estilo llamado «{ $name }» ni nada parecido. Estos son los míos: toca uno.
style-none = No tengo ningún estilo llamado «{ $name }».
style-missing = ¿Qué estilo? Por ejemplo: <code>/style mosaico</code>. O toca uno:
style-no-photo = No veo ninguna foto: escribe <code>/style mosaico</code> bajo una foto o en respuesta a ella.
other-style = La misma foto en otro estilo: toca uno.
album-too-many = Son más de dos imágenes. Manda exactamente dos: pinto la primera y la segunda da el estilo.
album-one-good = De ese álbum solo sirve una imagen, así que es la que pinto. Toca un estilo o manda una segunda imagen.
album-one-seen = De ese álbum solo me ha llegado una imagen que pueda pintar: me la quedo. Toca un estilo o manda la segunda.
album-none-good = No pude leer ninguna imagen de ese álbum. Manda dos fotos en JPEG, PNG, WebP, AVIF o HEIC.
picture-animated = Esa imagen se mueve: tomo su primer fotograma.
picture-not-a-picture = Ese archivo no es una imagen que sepa leer. Manda una foto o una imagen en JPEG, PNG, WebP, AVIF o HEIC.
picture-too-large = Esa imagen tiene demasiados píxeles para mí. Manda una de 50 megapíxeles como máximo.
picture-too-small = Esa imagen es demasiado pequeña. Manda una de al menos 64 píxeles por lado.
picture-too-long = Esa imagen es demasiado alargada. Manda una que sea como máximo 20 veces más larga que ancha.
picture-broken = Esa imagen parece dañada. Mándala otra vez o prueba con otra.
picture-too-slow = Esa imagen tarda demasiado en abrirse. Guárdala como JPEG y mándala de nuevo.
file-too-big = Ese archivo es demasiado grande para descargarlo. Manda uno más pequeño: hasta 20 MB siempre funciona.
download-failed = No pude descargar esa imagen de Telegram. Mándala otra vez.

## Anything else

unknown-command = No conozco ese comando. /help muestra lo que sé hacer.
not-a-photo-text = Yo pinto fotos. Mándame una y te enseño mis estilos.
not-a-photo-video = No sé pintar vídeos. Manda una foto, quizá un fotograma.
not-a-photo-animation = No sé pintar animaciones. Manda una foto, quizá un fotograma.
not-a-photo-sticker = ¡Qué buen sticker! Pero solo sé pintar fotos: manda una.
not-a-photo-sound = No sé escuchar, pero sé pintar. Mándame una foto.
not-a-photo-file = No sé pintar ese tipo de archivo. Manda una foto o una imagen en JPEG, PNG, WebP, AVIF o HEIC.
not-a-photo-other = No puedo hacer nada con eso. Mándame una foto y te enseño mis estilos.
still-photo-there = Tu foto sigue aquí: toca un estilo debajo de ella o manda una segunda imagen y tomo su aspecto.
still-painting = { $jobs ->
        [1] Ya estoy con tu cuadro: llegará solo.
       *[other] Ya estoy con tus { $jobs } cuadros: llegarán solos.
    } Mientras tanto puedes mandarme otra foto.
still-study = Sigo esperando una foto para <b>{ $study }</b>: mándala o toca «Déjalo» más arriba.
still-style = Sigo esperando una imagen para <b>{ $study }</b>: mándala, nombra un estilo o toca «Déjalo» más arriba.
still-second-photo = Sigo esperando la segunda foto para <b>{ $study }</b>: mándala o toca «Déjalo» más arriba.
still-chosen = Sigo esperando la foto que pinto en <b>{ $name }</b>: mándala o toca «Déjalo» más arriba.
still-name = Sigo esperando otro nombre para <b>{ $name }</b>: escríbelo sin más o toca «Déjalo» más arriba.
remark-video = No sé pintar vídeos.
remark-animation = No sé pintar animaciones.
remark-sticker = ¡Qué buen sticker!
remark-sound = Eso no lo sé escuchar.
remark-file = No sé pintar ese tipo de archivo.
remark-other = No puedo hacer nada con eso.

## Cancelling

cancel-nothing = No hay nada que cancelar. Mándame una foto cuando quieras.
cancel-draft = Vale, he olvidado tu foto. Manda otra cuando quieras.
cancel-begun = Vale, dejo lo que habías empezado. Mándame una foto cuando quieras.
cancel-jobs = { $jobs ->
        [1] Vale, detengo el cuadro que estaba pintando.
        [2] Vale, detengo tus dos cuadros.
       *[other] Vale, detengo tus { $jobs } cuadros.
    }
cancel-both = { $jobs ->
        [1] Vale, detengo el cuadro que estaba pintando y olvido tu foto.
        [2] Vale, detengo tus dos cuadros y olvido tu foto.
       *[other] Vale, detengo tus { $jobs } cuadros y olvido tu foto.
    }

## The status message

own-style = Tu estilo
about-seconds = unos { $seconds } s
about-minutes = unos { $minutes } min
about-hours = unas { $hours } h
queued-next = 🎨 <b>{ $style }</b>: te toca enseguida.
queued-next-eta = 🎨 <b>{ $style }</b>: te toca enseguida, { $eta }.
queued-behind = 🎨 <b>{ $style }</b>: en cola, { $ahead ->
        [1] queda uno delante.
       *[other] quedan { $ahead } delante.
    }
queued-behind-eta = 🎨 <b>{ $style }</b>: en cola, { $ahead ->
        [1] queda uno delante, { $eta }.
       *[other] quedan { $ahead } delante, { $eta }.
    }
starting = 🎨 <b>{ $style }</b>: estoy mezclando los colores.
painting =
    🎨 <b>{ $style }</b>: pintando
    <code>{ $bar }</code> { $percent } %
painting-eta =
    🎨 <b>{ $style }</b>: pintando, faltan { $eta }
    <code>{ $bar }</code> { $percent } %
held-up = ⏳ <b>{ $style }</b>: ahora mismo no tengo dónde guardar nada. No se ha perdido nada: sigo en cuanto pueda.
stopping = 🎨 <b>{ $style }</b>: deteniéndome.
delivering = 🖼 <b>{ $style }</b>: tu cuadro está listo, aquí llega.
done = 🖼 <b>{ $style }</b>: aquí tienes tu cuadro.
done-hq = ✨ <b>{ $style }</b>: aquí tienes tu cuadro en alta calidad.
done-poster = 🖨 <b>{ $style }</b>: aquí tienes tu póster. A { $dpi } ppp su lado más largo mide { $length } cm.
film = ⏱ <b>{ $style }</b>: así nació el cuadro.
film-coming = ⏱ Grabo cómo nace: el time-lapse llega justo después del cuadro.
differences-still = 🔎 Lo mismo, con todo marcado.
setting-strength = fuerza { $percent } %
setting-colours = los colores de tu foto
setting-finer = pincel fino
setting-broader = pincel ancho
cancelled = ✋ <b>{ $style }</b>: detenido, como pediste.
failed-engine = 😔 <b>{ $style }</b>: el cuadro salió mal. Tu foto sigue aquí: prueba otra vez.
failed-interrupted = 😔 <b>{ $style }</b>: me interrumpieron dos veces mientras pintaba. Tu foto sigue aquí: prueba otra vez.
failed-pictures-gone = 😔 <b>{ $style }</b>: ya no tengo las imágenes para esto. Mándalas otra vez.
failed-out-of-memory = 😔 <b>{ $style }</b>: fue demasiado para mi memoria. Prueba con una imagen más pequeña.
failed-poisonous = 😔 <b>{ $style }</b>: esta imagen me tumbó varias veces, así que la dejo. Prueba con otra.
failed-timed-out = 😔 <b>{ $style }</b>: tardaba demasiado y lo detuve. Prueba con otra imagen o con otro estilo.
failed-other = 😔 <b>{ $style }</b>: algo salió mal. Prueba otra vez.
result-gone = 😔 <b>{ $style }</b>: lo pinté, pero el archivo se perdió. Prueba otra vez.

## Settings

settings =
    ⚙️ <b>Ajustes</b>

    Así pinto lo que me mandes a partir de ahora. Los cuadros que ya están se quedan como están.
settings-group =
    ⚙️ <b>Ajustes de este grupo</b>

    Así pinto aquí para todos a partir de ahora. Los administradores del grupo pueden cambiarlo.
choice-instant = ⚡ Al instante
choice-hq = ✨ Alta calidad
choice-usual-size = El de siempre
choice-size = { $px } px
choice-soft = Suave
choice-normal = Normal
choice-strong = Fuerte
choice-style-colours = 🌈 Del estilo
choice-photo-colours = 🌈 De mi foto
choice-fine = 🖌 Fino
choice-medium = 🖌 Medio
choice-broad = 🖌 Ancho
choice-photo = 🖼 Como foto
choice-file = 📄 Y un archivo

## Jobs

jobs-title = 🗂 <b>Tus cuadros</b>, los nuevos primero. Toca un número.
jobs-none = Aquí todavía no me has pedido nada. Mándame una foto cuando quieras.
jobs-queued = { $number }. ⏳ <b>{ $style }</b>, hace { $age }: en espera
jobs-running = { $number }. 🎨 <b>{ $style }</b>, hace { $age }: pintando
jobs-done = { $number }. 🖼 <b>{ $style }</b>, hace { $age }
jobs-done-hq = { $number }. ✨ <b>{ $style }</b>, hace { $age }
jobs-done-poster = { $number }. 🖨 <b>{ $style }</b>, hace { $age }
jobs-failed = { $number }. 😔 <b>{ $style }</b>, hace { $age }: salió mal
jobs-cancelled = { $number }. ✋ <b>{ $style }</b>, hace { $age }: detenido
jobs-tile = { $number }. { $style }

## Mixing styles

mix = 🎛 Toca de dos a cuatro estilos. Con − y + dices cuánto de cada uno; si tocas uno con ✓, sale de la mezcla.
mix-part = { $percent } % · <b>{ $style }</b>

## Styles of one's own

styles = ⭐ <b>Tus estilos</b>. Toca uno para pintar con él, cambiarle el nombre o compartirlo.
styles-none = ⭐ Todavía no has guardado ningún estilo. Primero pinta una foto al estilo de otra imagen; después puedes guardar aquí ese estilo.
styles-full = Ya tienes treinta estilos. Borra uno primero: /mystyles
style-name = Mi estilo
style-card = ⭐ <b>{ $name }</b>: tu estilo.
style-card-shared = ⭐ <b>{ $name }</b>: tu estilo. Quien tenga su enlace puede pintar con él.
style-card-guest = ⭐ <b>{ $name }</b>: alguien comparte este estilo contigo.
style-photo-waits = Tu foto sigue aquí: toca «{ $button }» y la pinto así.
style-none-to-save = No hay ninguna foto de estilo tuya que guardar. Mándame primero dos fotos: la segunda da el estilo.
style-chosen = Genial. Mándame la foto y la pinto en <b>{ $name }</b>.
chosen-left = De acuerdo, esta vez no. Mándame una foto cuando quieras y te enseño mis estilos.
style-which-name = ¿Cómo llamo a <b>{ $name }</b> a partir de ahora? Escribe el nombre sin más.
style-name-left = De acuerdo, el nombre se queda como está.
style-name-empty = No puedo mostrar un nombre así. Escribe uno con letras.
style-name-long = Ese nombre es demasiado largo: escribe uno de 48 letras como mucho.
style-name-taken = Ya tienes un estilo con ese nombre. Elige otro.
style-delete = ¿Borro <b>{ $name }</b>? Su enlace deja de funcionar y no se puede deshacer.
style-link =
    🔗 Quien abra este enlace puede pintar con <b>{ $name }</b>. Tu imagen sigue siendo solo tuya.

    { $link }

    No guardo copia del enlace. Con uno nuevo, o con «Dejar de compartir», ya no sirve.
style-link-dead = Ese enlace no lleva a ningún sitio: el estilo se borró o ya no se comparte. Pide uno nuevo o elige uno de mis estilos: /start

## Privacy

privacy =
    🔒 <b>Qué guardo</b>

    • Tu número de Telegram, tu nombre, tu idioma y tus ajustes: hasta que los borres.
    • Las fotos que mandas y lo que pinto con ellas: { $hours ->
        [1] una hora
       *[other] { $hours } horas
    }. Después solo sé con qué número guarda Telegram mis respuestas.
    • Los estilos que guardas con un nombre: hasta que los borres. Del enlace que comparte uno solo guardo una huella.
    • Qué pediste y cuándo, sin las imágenes: hasta que lo borres.
    • Tus mensajes tal como llegaron, para que no se pierda ninguno: 48 horas.
    • Lo que los admins deciden sobre ti, como un límite, y lo que hicieron: solo tu número, también después de /delete_me.
    • Cuánto pediste en las últimas 24 horas, por el límite diario: también después de /delete_me, pero entonces sin tu número y solo durante esas 24 horas.

    Tus cuadros se pintan en esta máquina; nadie más los recibe. Quien me tiene en marcha puede conservar copias de seguridad un tiempo.

    /delete_me borra todo lo demás.
private-only = Eso queda entre nosotros: escríbemelo en un chat privado.
delete-me =
    ¿Borro todo lo que guardo de ti, en todos los chats? Tus fotos, los cuadros que pinté con ellas, tus estilos guardados y sus enlaces, tus ajustes y la lista de lo que pediste desaparecen al momento; lo que estoy pintando para ti se detiene.

    Mis mensajes siguen en tus chats hasta que los borres allí. No se puede deshacer.
delete-not = Vale, todo se queda como está.
deleted = Hecho. He borrado { $rows ->
        [1] una entrada
       *[other] { $rows } entradas
    } y { $files ->
        [0] ningún archivo
        [1] un archivo
       *[other] { $files } archivos
    } de ti{ $jobs ->
        [0] .
        [1] , y he detenido el cuadro que estaba pintando.
       *[other] , y he detenido { $jobs } cuadros.
    } Si vuelves a escribirme, empiezo de cero.

## Languages

# What the language calls itself.
language-name = Español
language-choose = ¿En qué idioma hablo aquí?
language-set = Vale, a partir de ahora hablo español aquí.
language-auto = Vale, vuelvo a hablar el idioma de tu Telegram.

## In other chats: "@bot starry", and the links under what is found

inline-preset = 🎨 <b>{ $style }</b> es uno de los estilos en que pinto fotos.
inline-preset-about = Un estilo mío: muéstralo aquí
inline-result = 🖼 <b>{ $style }</b>, pintado por @{ $bot }
inline-result-about = Un cuadro tuyo
preset-chosen = 🎨 <b>{ $style }</b>, ¡buena elección! Mándame la foto que pinto así.

## Posters

poster-which = 🖨 ¿De qué tamaño? 150 ppp van bien en una pared, 300 ppp para mirar de cerca.
poster-reply = Responde a uno de mis cuadros con /poster y lo hago en tamaño de impresión. Uno borrado no sirve.
poster-unknown = De eso no puedo hacer un póster: no es un cuadro mío o ya no lo tengo. Responde a otro de los míos con /poster.

## The lab

lab =
    🔬 <b>El laboratorio</b> enseña cómo veo. Cada estudio me lleva cerca de un minuto.

    🎨 <b>Paleta</b>: los colores y los trazos de un cuadro, sin lo que muestra
    🧠 <b>De memoria</b>: lo que una de mis capas recuerda de una foto
    👁 <b>Lo que ve una capa</b>: lo que más la excita, o adónde mira en una foto
    🎞 <b>Metamorfosis</b>: una foto se convierte en otra
    🔎 <b>Busca las diferencias</b>: qué cambia entre dos fotos de lo mismo
lab-which-layer = 🔬 ¿Qué capa? Las primeras ven bordes y texturas; las últimas, cosas enteras.
lab-which-aspect = 🔬 ¿Qué enseño de ella?
lab-photo = 🔬 <b>{ $study }</b>: mándame la foto.
lab-style = 🔬 <b>{ $study }</b>: mándame una imagen o escribe el nombre de un estilo.
lab-no-picture = No tengo ninguna imagen de <b>{ $name }</b> que sirva para esto. Manda una o nombra otro estilo.
lab-two-photos = 🔬 <b>{ $study }</b>: mándame la primera foto, o las dos en un álbum.
lab-second-photo = 🔬 <b>{ $study }</b>: ya tengo la primera foto. Ahora mándame la segunda.
lab-too-many = 🔬 <b>{ $study }</b>: son más de las que necesito. Manda { $photos ->
        [1] solo una foto
       *[other] dos fotos
    }.
lab-left = De acuerdo, otra vez será. /lab vuelve a abrir el laboratorio.
left = De acuerdo, otra vez será.
layer-edges = bordes
layer-textures = texturas
layer-patterns = patrones
layer-parts = partes de cosas
layer-things = cosas enteras
study-palette = Paleta
study-reconstruction = De memoria: { $layer }
study-layer-view = Lo que ve una capa: { $layer }
study-channel = Canal { $channel }: { $layer }
study-feature-maps = Adónde mira una capa: { $layer }
study-morph = Metamorfosis
study-differences = Busca las diferencias
done-palette = 🎨 <b>{ $study }</b>: esto queda de un estilo cuando no hay nada que mostrar.
done-reconstruction = 🧠 <b>{ $study }</b>: esto es lo que esa capa recuerda de tu foto.
done-layer-view = 👁 <b>{ $study }</b>: esto es lo que más la excita.
done-asleep = 💤 <b>{ $study }</b>: nada lo excita, está dormido.
done-feature-maps = 👁 <b>{ $study }</b>: tu foto, y lo que se enciende en los canales más despiertos.
done-morph = 🎞 <b>{ $study }</b>: una foto se convierte en la otra.
done-differences = 🔎 <b>{ $study }</b>: { $places ->
        [0] no encontré ninguna.
        [one] encontré una. Aparece y luego la marco.
       *[other] encontré { $places }. Aparecen una a una y luego las marco.
    }
done-unlike = 🔎 <b>{ $study }</b>: estas dos no muestran lo mismo, así que no hay nada que marcar.

## Answers to presses

press-on-it = ¡Manos a la obra!
press-stopping = Deteniendo…
press-cancelled = Cancelado.
press-too-late = Demasiado tarde: este ya está terminado.
press-already = Ya estoy en ello.
press-painted = Eso ya está pintado.
press-was-stopped = Ese ya se detuvo.
press-went-wrong = Ese salió mal. Prueba otra vez.
press-soon = Un momento: sigo con lo que pediste antes.
press-not-stored = Ahora mismo no puedo anotar nada. Respondo en cuanto pueda.
press-old = Este botón ya no vale. Manda tu foto otra vez.
press-not-yours = Este botón es de otra persona.
press-pictures-gone = Ya no tengo esa imagen. Mándala otra vez.
press-file = Aquí llega, como archivo.
press-film = Aquí va.
press-film-begins = Lo pinto en alta calidad y lo filmo.
press-film-gone = Ya no tengo ese vídeo. Píntalo otra vez y grabo uno nuevo.
press-result-gone = Ya no tengo ese cuadro a tamaño completo. Pídelo otra vez.
press-style-gone = Ya no tengo ese estilo. Elige otro.
press-not-possible = Eso ya no funciona aquí.
press-failed = Perdona, no ha funcionado. Prueba otra vez.
press-mix-full = Cuatro estilos son el máximo que puedo mezclar.
press-mix-too-few = Una mezcla necesita al menos dos estilos.
press-saved = Guardado.
press-unshared = Ya no puede usarlo nadie más.
press-deleted = Borrado.
press-nothing-left = Ya no queda nada tuyo que borrar.
press-noted = Anotado.
press-admins-only = Solo los administradores de este grupo pueden cambiarlo.
press-refreshed = Al día.

## Trouble

unexpected = Perdona, algo salió mal por mi parte. No se ha perdido nada: prueba otra vez en un momento.
no-room = Ahora mismo no tengo dónde guardar tu imagen. Mándala otra vez dentro de un rato.
not-stored = Ahora mismo no puedo anotar nada. Tu mensaje no se ha perdido: respondo en cuanto pueda.
busy = Ahora mismo tengo mucho trabajo. Prueba otra vez en un momento.

## Enough for now

limit-queued = { $most ->
        [1] Ya espera una imagen tuya. En cuanto esté pintada
       *[other] Ya esperan { $most } imágenes tuyas. En cuanto una esté pintada
    }, puedes pedir la siguiente.
limit-queued-eta = { $most ->
        [1] Ya espera una imagen tuya. Puedes pedir la siguiente en { $again }, cuando esté pintada.
       *[other] Ya esperan { $most } imágenes tuyas. Puedes pedir la siguiente en { $again }, cuando una esté pintada.
    }
limit-daily = { $most ->
        [1] En 24 horas pinto una imagen para ti, y ya la has tenido.
       *[other] En 24 horas pinto { $most } imágenes para ti, y ya las has tenido.
    } Puedes pedir la siguiente en { $again }.
limit-daily-none = { $most ->
        [0] Ahora no hay ninguna imagen para ti.
        [1] En 24 horas pinto una imagen para ti, así que ahora no hay ninguna.
       *[other] En 24 horas pinto { $most } imágenes para ti, así que ahora no hay ninguna.
    } Vuelve a pedir cuando un admin permita más.
intake-paused = Ahora no acepto imágenes nuevas; lo que pediste antes lo pinto igual. Inténtalo un poco más tarde.
intake-paused-because = { $sentence }
banned = Un admin ha decidido que no pinte nada más para ti.

## Administration

admin-overview =
    <b>Trabajos</b>
    { $queued } en cola · { $running } en marcha · { $done } hechos
    { $failed } fallidos · { $cancelled } cancelados · { $dead } apartados
admin-nothing-open = Nada espera ni está en marcha.
admin-job-running = <b>#{ $id }</b> { $user }, { $age }: <code>{ $bar }</code> { $percent } %
admin-job-queued = <b>#{ $id }</b> { $user }, { $age }: en espera, { $ahead } delante
admin-job-parked = ⚠️ El trabajo <b>#{ $id }</b> de { $user } costó tres pintores y queda apartado: <code>{ $reason }</code>.
age-seconds = { $seconds } s
age-minutes = { $minutes } min
age-hours = { $hours } h

alarm-second-poller = ⚠️ Alguien más recoge mis mensajes con el mismo token. Solo puede uno: detén al otro.
alarm-webhook = ⚠️ Alguien me puso un webhook y ya no recibo mensajes. Detén al otro y luego reiníciame.

# Admins

admin-lanes =
    <b>En marcha y en espera</b>
    al instante { $instant_run } y { $instant_wait } · alta calidad { $hq_run } y { $hq_wait } · pósteres { $poster_run } y { $poster_wait }
admin-lately =
    <b>Últimamente</b>
    última hora: { $hour } pintadas, { $hour_failed } fallidas
    últimas 24 horas: { $day } pintadas para { $day_people } personas, { $day_failed } fallidas
admin-crowd =
    <b>Personas</b>
    { $people } en total · { $blocked } me bloquearon · { $banned } vetadas
admin-paused = ⏸ No acepto imágenes nuevas y digo: { $sentence }
admin-resumed = ▶ Vuelvo a aceptar imágenes nuevas.
admin-pause-too-long = Son { $long } signos; dilo en { $most } como mucho.
admin-no-job = No hay ningún trabajo con ese número.
admin-job-usage = ¿Cuál? Por ejemplo: <code>/job 12</code>
admin-job =
    <b>Trabajo #{ $id }</b>: { $state }
    { $user } (<code>{ $number }</code>), hace { $age }
    { $lane }, { $px } px, { $style }
    intento { $attempt }
admin-no-timeline = Todavía no le ha pasado nada.
admin-event = <code>{ $after } s</code> { $kind } <i>{ $detail }</i>
admin-no-faults = Hasta ahora nada ha salido mal.
admin-fault = <b>#{ $id }</b> { $user }, hace { $age }: <code>{ $error }</code>
admin-people = ¿Quién es? Escribe <code>/user Ann</code> o <code>/user 12</code> para buscar a otra persona.
admin-nobody = No conozco a nadie con ese nombre. Escribe una parte, o su número de Telegram.
admin-person =
    <b>{ $name }</b> (<code>{ $id }</code>), { $speaks }, llegó hace { $came }
    { $jobs } imágenes en total, { $today } en las últimas 24 horas, { $open } en espera o en marcha
admin-person-usual = Límite: como todo el mundo
admin-person-daily = Límite: { $daily } imágenes en 24 horas
admin-person-admin = 🔑 Es admin: sin límites
admin-person-banned = 🚫 Tiene el acceso vetado
admin-person-blocked = Me tiene bloqueado
admin-no-acts = Ningún admin ha hecho nada todavía.
admin-act = hace { $age }, <code>{ $admin }</code>
act-appoint = dio derechos de admin a <code>{ $subject }</code>
act-dismiss = quitó los derechos de admin a <code>{ $subject }</code>
act-alerts-on = vuelve a recibir alertas
act-alerts-off = ya no quiere alertas
act-ban = bloqueó a <code>{ $subject }</code>
act-unban = desbloqueó a <code>{ $subject }</code>
act-quota = permitió a <code>{ $subject }</code> { $daily } cuadros en 24 horas
act-quota-usual = devolvió a <code>{ $subject }</code> el límite habitual
act-pause = pausó la entrada
act-pause-because = pausó la entrada: <i>{ $sentence }</i>
act-resume = reabrió la entrada
act-retry = mandó repetir el trabajo #{ $subject }
act-cancel = detuvo el trabajo #{ $subject }
act-bump = adelantó el trabajo #{ $subject }
act-broadcast = envió el anuncio #{ $subject }
act-broadcast-stopped = detuvo el anuncio #{ $subject }
act-broadcast-dropped = descartó el anuncio #{ $subject }
act-style-added = añadió el estilo <code>{ $subject }</code>
act-style-renamed = cambió el nombre del estilo <code>{ $subject }</code>
act-style-hidden = ocultó el estilo <code>{ $subject }</code>
act-style-shown = volvió a mostrar el estilo <code>{ $subject }</code>
act-style-first = puso primero el estilo <code>{ $subject }</code>
act-style-fitted = hizo ajustar el estilo <code>{ $subject }</code>
act-style-not-fitted = quiso ajustar el estilo <code>{ $subject }</code>, en vano
state-queued = en espera
state-running = pintándose
state-done = terminado
state-failed = fallido
state-cancelled = cancelado
state-dead = apartado
lane-instant = al instante
lane-hq = alta calidad
lane-poster = póster
admin-job-error = Salió mal: <code>{ $error }</code>
admin-waited = espera en la última hora: { $wait } de media
admin-nobody-waits = nadie está esperando
admin-oldest = quien más tiempo lleva en la cola espera desde hace { $oldest }
admin-banned = 🚫 Hecho: ya no acepto nada de esta persona.
admin-unbanned = ✅ Hecho: puede volver a pedir.
admin-quota-set = ✅ Hecho: ese es ahora su límite.
admin-promoted = 🔑 Hecho: ahora es admin.
admin-demoted = ✅ Hecho: ya no es admin.
admin-ban-usage = ¿A quién? Por ejemplo: <code>/ban 12</code>
admin-unban-usage = ¿A quién? Por ejemplo: <code>/unban 12</code>
admin-quota-usage = ¿A quién, y cuántas en 24 horas? Por ejemplo <code>/quota 12 50</code>, o <code>/quota 12 usual</code>
admin-promote-usage = ¿A quién? Por ejemplo <code>/promote 12</code> o <code>/demote 12</code>
admin-promote-ask = <code>{ $id }</code> nunca me ha escrito. ¿Le hago admin de todos modos?
admin-press-old = Este botón ya no vale. /admin muestra cómo está todo.
admin-not-allowed = Eso no te corresponde: solo los dueños eligen admins, y nadie veta a un admin.

alarm-worker-lost = ⚠️ Un proceso de trabajo calló: { $jobs } de sus imágenes empezaron de nuevo en el último cuarto de hora.
alarm-painter-deaths = ⚠️ El pintor se perdió { $deaths } veces en el último cuarto de hora.
alarm-failures = ⚠️ { $failed } imágenes fallaron en el último cuarto de hora, el { $percent } % de todas.
alarm-queue = ⚠️ Alguien espera desde hace { $minutes } minutos.
alarm-disk = ⚠️ El disco está casi lleno: quedan { $free } MB.
all-clear-worker-lost = ✅ Ya no calla ningún proceso de trabajo.
all-clear-painter-deaths = ✅ El pintor vuelve a estar bien.
all-clear-failures = ✅ Las imágenes vuelven a salir.
all-clear-queue = ✅ Ya nadie espera mucho.
all-clear-disk = ✅ Vuelve a haber sitio en el disco.
all-clear-second-poller = ✅ Ya nadie más recoge mis mensajes.

press-done = Hecho.
press-bumped = Es el siguiente.
press-already-so = Ya es así.
press-broadcast-stopped = Ya estaba parado: nadie más lo recibe.
press-broadcast-done = Demasiado tarde: ya lo saben todos.

button-admin-faults = ⚠️ Fallos
button-admin-people = 👥 Personas
button-admin-acts = 📜 Registro
button-admin-back = ◀ Resumen
button-admin-bump = ⏫ Siguiente
button-admin-person = 👤 Persona
button-admin-pause = ⏸ Pausa
button-admin-resume = ▶ Reanudar
button-admin-alerts-on = 🔔 Con avisos
button-admin-alerts-off = 🔕 Sin avisos
button-admin-ban = 🚫 Vetar
button-admin-unban = Readmitir
button-admin-promote = Hacerle admin
button-admin-usual = Límite normal
button-admin-quota = { $daily } al día

broadcast-usage = ¿Qué les digo a todos? Escríbelo tras el comando: <code>/broadcast Hello!</code>
broadcast-ask = Todos lo verán como arriba: { $people } personas. ¿Lo envío?
broadcast-state = Anuncio, { $state }: { $people } personas en total, enviado a { $sent }; { $blocked } me han bloqueado, a { $failed } no pude llegar.
broadcast-done = 📣 Todos lo saben: enviado a { $sent }; { $blocked } me han bloqueado, a { $failed } no pude llegar.
button-admin-send = 📣 Enviar
button-admin-stop = Detener

style-add-usage = Escribe <code>/addstyle our-wall Our wall</code> en respuesta a una foto: el nombre corto y luego lo que lee la gente.
style-added = Desde ahora todos pueden usar <code>{ $name }</code>. Lo ajusto cuando no tenga otra cosa que hacer, y entonces te aviso.
style-fitted = <code>{ $name }</code> está ajustado: desde ahora se pinta más parecido a su imagen.
style-not-fitted = <code>{ $name }</code> no se pudo ajustar: sigue disponible, pintado como antes. El registro dice por qué.
style-change-usage = ¿Qué estilo? Por ejemplo <code>/renamestyle our-wall The old wall</code> o <code>/hidestyle mosaic</code>
style-renamed = <code>{ $name }</code> se llama ahora «{ $title }».
style-hidden = <code>{ $name }</code> ya no se ofrece.
style-shown = <code>{ $name }</code> se ofrece otra vez.
style-first = <code>{ $name }</code> va primero desde ahora.
style-bad-name = Un nombre corto tiene de 2 a 31 minúsculas, cifras y guiones, y empieza por una letra.
style-taken = Ya hay un estilo con ese nombre; elige otro.
style-bad-title = Lo que lee la gente tiene de 1 a 40 signos, todos imprimibles.
style-not-there = No hay ningún estilo con ese nombre.
style-last = Es el último estilo que ofrezco; añade otro antes.
style-not-now = Ahora no se pueden cambiar los estilos; el registro dice por qué.

## Buttons

button-presets = 🎨 Ver los estilos
button-own-style = 🖼 Usar mi propio estilo
button-how = ❓ Cómo funciona
button-previous = ◀
button-next = ▶
button-cancel = Cancelar
button-retry = 🔁 Otra vez
button-hq = ✨ Pintar en alta calidad
button-softer = Más suave
button-stronger = Más fuerte
button-photo-colours = 🌈 Colores: foto
button-style-colours = 🌈 Colores: estilo
button-finer = 🖌 −
button-broader = 🖌 +
button-poster = 🖨 Póster
button-other-size = 🖨 Otro tamaño
button-paper = { $paper }, { $dpi } ppp
button-again = 🔁 Repetir
button-file = 📄 Archivo
button-palette = 🎨 Paleta
button-reconstruction = 🧠 De memoria
button-layer-view = 👁 Lo que ve una capa
button-morph = 🎞 Metamorfosis
button-differences = 🔎 Busca las diferencias
button-whole-layer = 👁 La capa entera
button-one-channel = 🎲 Un canal al azar
button-in-a-photo = 📷 Adónde mira en una foto
button-last-photo = 🖼 Mi última foto
button-never-mind = Déjalo
button-lab = 🔬 Al laboratorio
button-paint-photo = 🎨 Pintar la foto
button-another-channel = 🎲 Otro canal
button-other-way = 🔀 Al revés
button-layer = De { $layer }
button-film = ⏱ Time-lapse
button-swap = 🔀 Intercambiarlas
button-other-style = 🎨 Otro estilo
button-resend = 📨 Mandar otra vez
button-afresh = ⚙️ Con mis ajustes
button-all-jobs = ◀ Todos los cuadros
button-delete-me = Borrar todo
button-keep-me = Conservarlo
button-guest-style = 👥 { $name }
button-save-last = 💾 Guardar mi último estilo
button-save-style = 💾 Guardar estilo
button-use-style = 🎨 Pintar con él
button-share = 🔗 Compartir
button-new-link = 🔗 Enlace nuevo
button-unshare = Dejar de compartir
button-rename = ✏️ Renombrar
button-delete = 🗑 Borrar
button-keep-style = Conservarlo
button-leave = Quitarlo de mi lista
button-all-styles = ◀ Todos mis estilos
button-mix = 🎛 Mezclar
button-less = − { $style }
button-more = + { $style }
button-paint-mix = 🎨 Pintar la mezcla
button-own-style-name = ⭐ { $name }
button-favourite = ♥ { $style }
preset-numbered = { $number }. { $title }
category-all = Todos
category-paintings = Pinturas
category-patterns = Motivos
category-house = De la casa
button-language = 🌐 Idioma
button-chosen = ✓ { $label }
button-language-auto = Como en mi Telegram
button-inline-paint = 🎨 Pintar así una foto
button-inline-open = Pintar una foto tuya
button-admin-refresh = 🔄 Actualizar

## The command menu

command-start = Mostrar lo que hago
command-style = Pintar una foto en un estilo: /style mosaico
command-poster = Hacer un cuadro en tamaño de impresión
command-lab = Ver cómo veo: paletas, capas, metamorfosis
command-mix = Pintar en varios estilos a la vez
command-mystyles = Tus propios estilos
command-jobs = Lo que pediste
command-settings = Cómo pinto para ti
command-language = Elegir mi idioma
command-help = Cómo usarme
command-privacy = Qué guardo de ti
command-delete_me = Borrar lo que guardo de ti
command-cancel = Olvidar mi foto, detener mis cuadros
command-admin = Qué está pasando
command-job = Un trabajo y su historia: /job 12
command-user = Buscar a alguien: /user Ann
command-ban = No aceptar nada más de alguien: /ban 12
command-unban = Volver a admitir a alguien: /unban 12
command-quota = Otro límite para alguien: /quota 12 50
command-pause = No aceptar imágenes nuevas, y decir por qué
command-resume = Volver a aceptar imágenes nuevas
command-audit = Qué hicieron los admins
command-promote = Dueños: hacer admin a alguien
command-demote = Dueños: que deje de ser admin
command-broadcast = Decir algo a todos
command-addstyle = En respuesta a una foto: un estilo para todos
command-renamestyle = Llamar a un estilo de otra manera
command-hidestyle = No ofrecer más un estilo
command-showstyle = Volver a ofrecer un estilo
command-firststyle = Ofrecer un estilo antes que los demás
