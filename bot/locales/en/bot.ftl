# Every sentence and button label of the bot. Facts come in as variables; HTML tags are Telegram's.

## Beginning and help

start =
    Hello { $name }! Send me a photo, and I paint it again in the style of another picture.

    Pick one of my styles, or give me a second photo whose look you like.
how-it-works =
    <b>How it works</b>

    1. Send a photo: that is what I paint.
    2. Tap one of my styles, or send a second photo whose look I should borrow.
    3. The picture is there at once. The buttons under it change it: stronger, softer, your own colours, another brush.
    4. Like it? Have it painted in high quality and watch it grow, or get it as a poster.

    Two photos sent together work as well: the first is painted, the second gives the style.
help =
    <b>What I can do</b>

    • Send a photo, then tap a style or send a second photo as the style.
    • Or send both together as an album: the first is painted, the second gives the style.
    • Images sent as files (JPEG, PNG, WebP, AVIF or HEIC, up to 20 MB) are welcome too.
    • Know the style? Write <code>/style mosaic</code> under a photo, or as a reply to one. That works in groups as well.
    • Reply to one of my pictures with /poster to have it large enough to print.

    /start shows an example
    /language lets you choose my language
    /mix paints in two to four styles at once
    /mystyles keeps styles of your own and shares them by a link
    /lab shows how I see: palettes, layers, morphs
    /jobs shows what you asked for: have it sent or painted again
    /settings: how I paint for you: quality, size, strength, colours, brush, photo or file
    /cancel forgets your photo and stops what I am painting for you
    /privacy says what I keep, /delete_me deletes it
    /help shows this
ask-for-own-style = Send me the photo I should paint. After that, send a second picture: I borrow its look.
ask-for-photo = These are my styles. Send me a photo first, then tap the one you like.
in-a-group = In this group I only see what is said to me: write @{ $bot } under a picture, or answer me with it.

## The styles that ship with the project

preset-brush-strokes = Brush strokes
preset-starry-night = Starry Night
preset-stained-glass = Stained glass
preset-great-wave = Great Wave
preset-ink-wash = Ink wash
preset-metzinger = Metzinger
preset-woodcut-waves = Woodcut waves
preset-the-scream = The Scream
preset-mosaic = Mosaic
preset-composition-vii = Composition VII
preset-marbling = Marbled paper
preset-wheat-field = Wheat Field
preset-frost = Frost
preset-woman-with-a-hat = Woman with a Hat
preset-embroidery = Embroidery
preset-udnie = Udnie
preset-halftone-comic = Halftone comic
preset-night-cafe = The Night Cafe
preset-watercolour = Watercolour
preset-contrast-of-forms = Contrast of Forms
preset-pointillism = Pointillism
preset-shipwreck = The Shipwreck
preset-hatching = Pen hatching
preset-grainstack = Grainstack
preset-facets = Facets
preset-edtaonisl = Edtaonisl
preset-night-neon = Night neon
preset-beatus-page = Beatus page
preset-blueprint = Blueprint
preset-olive-trees = Olive Trees

## Pictures

content-set = Lovely, I have your photo. Tap a style, or send a second picture and I borrow its look.
content-kept = I keep your photo: tap a style here then.
style-unknown = I have no style called “{ $name }”. Did you mean one of these?
style-unlike = I have no style called “{ $name }”, nor one like it. These are mine: tap one.
style-none = I have no style called “{ $name }”.
style-missing = Which style? For example: <code>/style mosaic</code>. Or tap one:
style-no-photo = I see no photo to paint: write <code>/style mosaic</code> under a photo, or as a reply to one that is still there.
other-style = The same photo in another style: tap one.
album-too-many = That is more than two pictures. Please send exactly two: the first is painted, the second gives the style.
album-one-good = Only one picture of that album works, so I keep it as the photo to paint. Tap a style, or send a second picture.
album-one-seen = Of that album only one picture has reached me that I can paint: I keep it. Tap a style, or send the second one.
album-none-good = I could not read any picture of that album. Please send two photos as JPEG, PNG, WebP, AVIF or HEIC.
picture-animated = That picture moves: I take its first frame.
picture-not-a-picture = That file is not a picture I can read. Please send a photo, or an image as JPEG, PNG, WebP, AVIF or HEIC.
picture-too-large = That picture has too many pixels for me. Please send one with at most 50 megapixels.
picture-too-small = That picture is too small to paint. Please send one with at least 64 pixels on each side.
picture-too-long = That picture is too long and thin for me. Please send one that is at most 20 times as long as wide.
picture-broken = That picture seems damaged. Please send it once more, or try another one.
picture-too-slow = That picture takes me too long to open. Please save it as JPEG and send it again.
file-too-big = That file is too large for me to fetch. Please send a smaller one: up to 20 MB always works.
download-failed = I could not fetch that picture from Telegram. Please send it once more.

## Anything else

unknown-command = I don't know that command. /help shows what I can do.
not-a-photo-text = I paint photos. Please send me one, and I show you my styles.
not-a-photo-video = I can't paint videos. Please send a photo, perhaps a frame of it.
not-a-photo-animation = I can't paint animations. Please send a photo, perhaps a frame of it.
not-a-photo-sticker = Nice sticker! I can only paint photos, though: please send one.
not-a-photo-sound = I can't listen to that, but I can paint. Please send me a photo.
not-a-photo-file = I can't paint that kind of file. Please send a photo, or an image as JPEG, PNG, WebP, AVIF or HEIC.
not-a-photo-other = I can't do anything with that. Please send me a photo, and I show you my styles.
still-photo-there = Your photo is still here: tap a style under it, or send a second picture and I borrow its look.
still-painting = { $jobs ->
        [one] I am on your picture already: it comes by itself.
       *[other] I am on your { $jobs } pictures already: they come by themselves.
    } You can send me another photo meanwhile.
still-study = I am still waiting for a photo for <b>{ $study }</b>: please send it, or tap “Never mind” above.
still-style = I am still waiting for a picture for <b>{ $study }</b>: please send one, name a style, or tap “Never mind” above.
still-second-photo = I am still waiting for the second photo for <b>{ $study }</b>: please send it, or tap “Never mind” above.
still-chosen = I am still waiting for the photo to paint in <b>{ $name }</b>: please send it, or tap “Never mind” above.
still-name = I am still waiting for another name for <b>{ $name }</b>: just write it, or tap “Never mind” above.
remark-video = I can't paint videos.
remark-animation = I can't paint animations.
remark-sticker = Nice sticker!
remark-sound = I can't listen to that.
remark-file = I can't paint that kind of file.
remark-other = I can't do anything with that.

## Cancelling

cancel-nothing = There is nothing to cancel. Send me a photo whenever you like.
cancel-draft = All right, I have forgotten your photo. Send another whenever you like.
cancel-begun = All right, I have dropped what you had begun. Send me a photo whenever you like.
cancel-jobs = { $jobs ->
        [one] All right, I stop the picture I was on.
        [2] All right, I stop both of your pictures.
       *[other] All right, I stop all { $jobs } of your pictures.
    }
cancel-both = { $jobs ->
        [one] All right, I stop the picture I was on and forget the photo you sent.
        [2] All right, I stop both of your pictures and forget the photo you sent.
       *[other] All right, I stop all { $jobs } of your pictures and forget the photo you sent.
    }

## The status message

own-style = Your style
about-seconds = about { $seconds } s
about-minutes = about { $minutes } min
about-hours = about { $hours } h
queued-next = 🎨 <b>{ $style }</b>: you are next.
queued-next-eta = 🎨 <b>{ $style }</b>: you are next, { $eta }.
queued-behind = 🎨 <b>{ $style }</b>: queued, { $ahead } ahead of you.
queued-behind-eta = 🎨 <b>{ $style }</b>: queued, { $ahead } ahead of you, { $eta }.
starting = 🎨 <b>{ $style }</b>: I am mixing the colours.
painting =
    🎨 <b>{ $style }</b>: painting
    <code>{ $bar }</code> { $percent } %
painting-eta =
    🎨 <b>{ $style }</b>: painting, { $eta } left
    <code>{ $bar }</code> { $percent } %
held-up = ⏳ <b>{ $style }</b>: I have no room to store anything just now. Nothing is lost: I go on by myself as soon as I can.
stopping = 🎨 <b>{ $style }</b>: stopping.
delivering = 🖼 <b>{ $style }</b>: your picture is ready, here it comes.
done = 🖼 <b>{ $style }</b>: here is your picture.
done-hq = ✨ <b>{ $style }</b>: here is your picture in high quality.
done-poster = 🖨 <b>{ $style }</b>: here is your poster. At { $dpi } dpi its longer side measures { $length } cm.
film = ⏱ <b>{ $style }</b>: this is how it came to be.
film-coming = ⏱ I film how it comes to be: the time-lapse follows the picture.
differences-still = 🔎 The same with everything marked.
setting-strength = strength { $percent } %
setting-colours = your photo's colours
setting-finer = fine brush
setting-broader = broad brush
cancelled = ✋ <b>{ $style }</b>: stopped, as you asked.
failed-engine = 😔 <b>{ $style }</b>: the painting went wrong. Your photo is still here: please try again.
failed-interrupted = 😔 <b>{ $style }</b>: I was interrupted twice while painting. Your photo is still here: please try again.
failed-pictures-gone = 😔 <b>{ $style }</b>: I no longer have the pictures for this. Please send them once more.
failed-out-of-memory = 😔 <b>{ $style }</b>: this was too much for my memory. Please try a smaller picture.
failed-poisonous = 😔 <b>{ $style }</b>: this picture brought me down several times, so I put it aside. Please try another one.
failed-timed-out = 😔 <b>{ $style }</b>: this took far too long, so I stopped. Please try another picture or style.
failed-other = 😔 <b>{ $style }</b>: something went wrong. Please try again.
result-gone = 😔 <b>{ $style }</b>: I painted this, but the file was lost. Please try again.

## Settings

settings =
    ⚙️ <b>Settings</b>

    This is how I paint what you send me from now on. Pictures that are there already stay as they are.
settings-group =
    ⚙️ <b>Settings of this group</b>

    This is how I paint for everybody here from now on. Admins of the group can change it.
choice-instant = ⚡ At once
choice-hq = ✨ High quality
choice-usual-size = Usual size
choice-size = { $px } px
choice-soft = Soft
choice-normal = Normal
choice-strong = Strong
choice-style-colours = Style colours
choice-photo-colours = Photo colours
choice-fine = 🖌 Fine
choice-medium = 🖌 Medium
choice-broad = 🖌 Broad
choice-photo = 🖼 As a photo
choice-file = 📄 And a file

## Jobs

jobs-title = 🗂 <b>Your pictures</b>, newest first. Tap a number.
jobs-none = You have not asked me for anything here yet. Send me a photo whenever you like.
jobs-queued = { $number }. ⏳ <b>{ $style }</b>, { $age } ago: waiting
jobs-running = { $number }. 🎨 <b>{ $style }</b>, { $age } ago: painting
jobs-done = { $number }. 🖼 <b>{ $style }</b>, { $age } ago
jobs-done-hq = { $number }. ✨ <b>{ $style }</b>, { $age } ago
jobs-done-poster = { $number }. 🖨 <b>{ $style }</b>, { $age } ago
jobs-failed = { $number }. 😔 <b>{ $style }</b>, { $age } ago: it went wrong
jobs-cancelled = { $number }. ✋ <b>{ $style }</b>, { $age } ago: stopped
jobs-tile = { $number }. { $style }

## Mixing styles

mix = 🎛 Tap two to four styles. With − and + you say how much of each; a tap on a ✓ takes that one out again.
mix-part = { $percent } % · <b>{ $style }</b>

## Styles of one's own

styles = ⭐ <b>Your styles</b>. Tap one to paint with it, rename or share it.
styles-none = ⭐ You have not saved any style yet. Paint a photo in the style of another picture first; after that you can keep that style here.
styles-full = You have thirty styles already. Please delete one first: /mystyles
style-name = My style
style-card = ⭐ <b>{ $name }</b>: your style.
style-card-shared = ⭐ <b>{ $name }</b>: your style. Whoever has its link may paint with it.
style-card-guest = ⭐ <b>{ $name }</b>: somebody shares this style with you.
style-photo-waits = Your photo is still here: tap “{ $button }”, and I paint it so.
style-none-to-save = There is no style photo of yours to save. Send me two photos first: the second one gives the style.
style-chosen = Lovely. Send me the photo, and I paint it in <b>{ $name }</b>.
chosen-left = All right, not this time. Send me a photo whenever you like, and I show you my styles.
style-which-name = What shall I call <b>{ $name }</b> from now on? Just write the name.
style-name-left = All right, the name stays as it is.
style-name-empty = I can't show a name like that. Please write one with letters.
style-name-long = That name is too long: please write one of at most 48 signs.
style-name-taken = You have a style of that name already. Please choose another one.
style-delete = Shall I delete <b>{ $name }</b>? Its link stops working, and this cannot be undone.
style-link =
    🔗 Whoever opens this link may paint with <b>{ $name }</b>. Your picture itself stays yours alone.

    { $link }

    I keep no copy of the link. A new one, or “Stop sharing”, makes it useless.
style-link-dead = That link leads nowhere, or no longer: its style was deleted, or is no longer shared. Ask for a new one, or pick one of my styles: /start

## Privacy

privacy =
    🔒 <b>What I keep</b>

    • Your Telegram number, name and language, and your settings: until you delete them.
    • Photos you send, and what I paint of them: { $hours ->
        [one] one hour
       *[other] { $hours } hours
    }. After that I only know under which number Telegram holds my answers.
    • Styles you save under a name: until you delete them. Of the link that shares one I keep only a fingerprint.
    • What you asked for and when, without the pictures: until you delete it.
    • Your messages as they came in, so that none is lost: 48 hours.
    • What admins decide about you, such as a limit, and what they did: your number alone, also after /delete_me.
    • How much you asked for in the last 24 hours, for the daily limit: also after /delete_me, but then without your number, and for those 24 hours only.

    Your pictures are painted on this machine; nobody else gets them. Who runs me may keep backups for a while.

    /delete_me deletes all the rest.
private-only = That is between the two of us: please write it to me in a private chat.
delete-me =
    Shall I delete everything I keep of you, in all chats? Your photos, my pictures of them, your saved styles and their links, your settings and the list of what you asked for go at once; what I am painting for you stops.

    My messages stay in your chats until you delete them there. This cannot be undone.
delete-not = All right, everything stays as it is.
deleted = Done. I have deleted { $rows ->
        [one] one entry
       *[other] { $rows } entries
    } and { $files ->
        [0] no files
        [one] one file
       *[other] { $files } files
    } of yours{ $jobs ->
        [0] .
        [one] , and stopped the picture I was on.
       *[other] , and stopped { $jobs } pictures.
    } If you write to me again, I start afresh.

## Languages

# What the language calls itself.
language-name = English
language-choose = Which language shall I speak here?
language-set = All right, I speak English here from now on.
language-auto = All right, I speak the language of your Telegram again.

## In other chats: "@bot starry", and the links under what is found

inline-preset = 🎨 <b>{ $style }</b> is one of the styles I paint photos in.
inline-preset-about = A style of mine: show it here
inline-result = 🖼 <b>{ $style }</b>, painted by @{ $bot }
inline-result-about = A picture of yours
preset-chosen = 🎨 <b>{ $style }</b> it is! Send me the photo that I should paint so.

## Posters

poster-which = 🖨 How large should it be? 150 dpi is fine on a wall, 300 dpi from close by.
poster-reply = Reply to one of my pictures with /poster, and I make it large enough to print. One that was deleted does not count.
poster-unknown = I can't make a poster of that: it is none of my paintings, or I no longer have it. Reply to another one of mine with /poster.

## The lab

lab =
    🔬 <b>The lab</b> shows how I see. Each study takes me about a minute.

    🎨 <b>Palette</b>: the colours and strokes of a picture, without what it shows
    🧠 <b>From memory</b>: what one of my layers remembers of a photo
    👁 <b>What a layer sees</b>: what excites it most, or where it looks in a photo
    🎞 <b>Morph</b>: one photo turns into another
    🔎 <b>Spot the difference</b>: what differs between two photos of one thing
lab-which-layer = 🔬 Which layer? The first ones see edges and textures, the last ones whole things.
lab-which-aspect = 🔬 What shall I show of it?
lab-photo = 🔬 <b>{ $study }</b>: send me the photo for it.
lab-style = 🔬 <b>{ $study }</b>: send me a picture, or write the name of a style.
lab-no-picture = Of <b>{ $name }</b> I have no picture that I could use for this. Please send one, or name another style.
lab-two-photos = 🔬 <b>{ $study }</b>: send me the first photo, or both as an album.
lab-second-photo = 🔬 <b>{ $study }</b>: I have the first photo. Now send me the second one.
lab-too-many = 🔬 <b>{ $study }</b>: that is more than I need. Please send { $photos ->
        [1] one photo only
       *[other] two photos
    }.
lab-left = All right, another time. /lab opens the lab again.
left = All right, another time.
layer-edges = edges
layer-textures = textures
layer-patterns = patterns
layer-parts = parts of things
layer-things = whole things
study-palette = Palette
study-reconstruction = From memory: { $layer }
study-layer-view = What a layer sees: { $layer }
study-channel = Channel { $channel }: { $layer }
study-feature-maps = Where a layer looks: { $layer }
study-morph = Morph
study-differences = Spot the difference
done-palette = 🎨 <b>{ $study }</b>: this is left of a style when nothing is to be shown in it.
done-reconstruction = 🧠 <b>{ $study }</b>: this is what that layer remembers of your photo.
done-layer-view = 👁 <b>{ $study }</b>: this is what excites it most.
done-asleep = 💤 <b>{ $study }</b>: nothing excites this one, it sleeps.
done-feature-maps = 👁 <b>{ $study }</b>: your photo, and what lights up in the channels that are most awake.
done-morph = 🎞 <b>{ $study }</b>: one photo turns into the other.
done-differences = 🔎 <b>{ $study }</b>: { $places ->
        [0] I found none.
        [one] I found one. It appears, then I mark it.
       *[other] I found { $places }. They appear one by one, then I mark them.
    }
done-unlike = 🔎 <b>{ $study }</b>: these two do not show the same thing, so there is nothing I could mark.

## Answers to presses

press-on-it = I am on it!
press-stopping = Stopping…
press-cancelled = Cancelled.
press-too-late = Too late: this one is already finished.
press-already = I am already on it.
press-painted = That is painted already.
press-was-stopped = That one was stopped.
press-went-wrong = That one went wrong. Please try again.
press-soon = One moment: I am still on what you asked before.
press-not-stored = I cannot write anything down just now. I answer as soon as I can.
press-old = This button is out of date. Please send your photo again.
press-not-yours = This button belongs to somebody else.
press-pictures-gone = I no longer have that picture. Please send it again.
press-file = Here it comes, as a file.
press-film = Here it comes.
press-film-begins = I paint it in high quality and film that.
press-film-gone = I no longer have its film. Paint it again, and I make a new one.
press-result-gone = I no longer have that picture in full size. Please paint it again.
press-style-gone = I no longer have that style. Please pick another one.
press-not-possible = That no longer works here.
press-failed = Sorry, that did not work. Please try again.
press-mix-full = Four styles are the most I can mix.
press-mix-too-few = A mix needs two styles at least.
press-saved = Saved.
press-unshared = Nobody else can use it any more.
press-deleted = Deleted.
press-nothing-left = There is nothing of yours left to delete.
press-noted = Noted.
press-admins-only = Only admins of this group can change that.
press-refreshed = Up to date.

## Trouble

unexpected = Sorry, something went wrong on my side. Nothing is lost; please try again in a moment.
no-room = I have no room to store your picture just now. Please send it again a little later.
not-stored = I cannot write anything down just now. Your message is not lost: I answer as soon as I can.
busy = I am rather busy just now. Please try again in a moment.

## Enough for now

limit-queued = { $most ->
        [one] A picture of yours is waiting already. As soon as it
       *[other] { $most } pictures of yours are waiting already. As soon as one of them
    } is painted, you can ask for the next.
limit-queued-eta = { $most ->
        [one] A picture of yours is waiting already. You can ask for the next in { $again }, when it is painted.
       *[other] { $most } pictures of yours are waiting already. You can ask for the next in { $again }, when one of them is painted.
    }
limit-daily = { $most ->
        [one] I paint one picture for you in 24 hours, and you have had it.
       *[other] I paint { $most } pictures for you in 24 hours, and you have had them.
    } You can ask for the next in { $again }.
limit-daily-none = { $most ->
        [0] There are no pictures for you just now.
        [one] I paint one picture for you in 24 hours, so there is none now.
       *[other] I paint { $most } pictures for you in 24 hours, so there are none now.
    } You can ask again once an admin allows more.
intake-paused = I take no new pictures just now; what you asked for before is still painted. Please try again a little later.
intake-paused-because = { $sentence }
banned = An admin has decided that I paint nothing more for you.

## Administration

admin-overview =
    <b>Jobs</b>
    { $queued } queued · { $running } running · { $done } done
    { $failed } failed · { $cancelled } cancelled · { $dead } dead
admin-nothing-open = Nothing is waiting or running.
admin-job-running = <b>#{ $id }</b> { $user }, { $age }: <code>{ $bar }</code> { $percent } %
admin-job-queued = <b>#{ $id }</b> { $user }, { $age }: waiting, { $ahead } ahead
admin-job-parked = ⚠️ Job <b>#{ $id }</b> of { $user } cost three painters and is parked: <code>{ $reason }</code>.
age-seconds = { $seconds } s
age-minutes = { $minutes } min
age-hours = { $hours } h

alarm-second-poller = ⚠️ Somebody else fetches my messages with the same token. Only one of us may: please stop the other one.
alarm-webhook = ⚠️ Somebody set a webhook for me, so I no longer get any messages. Please stop the other one, then restart me.

# Admins

admin-lanes =
    <b>Running and waiting</b>
    instant { $instant_run } and { $instant_wait } · high quality { $hq_run } and { $hq_wait } · posters { $poster_run } and { $poster_wait }
admin-lately =
    <b>Lately</b>
    last hour: { $hour } painted, { $hour_failed } failed
    last 24 hours: { $day } painted for { $day_people } people, { $day_failed } failed
admin-crowd =
    <b>People</b>
    { $people } in all · { $blocked } blocked me · { $banned } banned
admin-paused = ⏸ I take no new pictures, and say: { $sentence }
admin-resumed = ▶ I take new pictures again.
admin-pause-too-long = That is { $long } signs long; please say it in { $most } at most.
admin-no-job = There is no job of that number.
admin-job-usage = Which one? For example: <code>/job 12</code>
admin-job =
    <b>Job #{ $id }</b>: { $state }
    { $user } (<code>{ $number }</code>), { $age } ago
    { $lane }, { $px } px, { $style }
    attempt { $attempt }
admin-no-timeline = Nothing has happened to it yet.
admin-event = <code>{ $after } s</code> { $kind } <i>{ $detail }</i>
admin-no-faults = Nothing has gone wrong so far.
admin-fault = <b>#{ $id }</b> { $user }, { $age } ago: <code>{ $error }</code>
admin-people = Who is it? Write <code>/user Ann</code> or <code>/user 12</code> to find somebody else.
admin-nobody = I know nobody of that name. Write a part of it, or their Telegram number.
admin-person =
    <b>{ $name }</b> (<code>{ $id }</code>), { $speaks }, came { $came } ago
    { $jobs } pictures in all, { $today } in the last 24 hours, { $open } waiting or running
admin-person-usual = Limit: as everybody
admin-person-daily = Limit: { $daily } pictures in 24 hours
admin-person-admin = 🔑 Is an admin: no limits
admin-person-banned = 🚫 Is banned
admin-person-blocked = Has blocked me
admin-no-acts = No admin has done anything yet.
admin-act = { $age } ago, <code>{ $admin }</code>
act-appoint = made <code>{ $subject }</code> an admin
act-dismiss = took an admin's rights from <code>{ $subject }</code>
act-alerts-on = wants to hear alerts again
act-alerts-off = wants to hear no alerts
act-ban = banned <code>{ $subject }</code>
act-unban = let <code>{ $subject }</code> in again
act-quota = allowed <code>{ $subject }</code> { $daily } pictures in 24 hours
act-quota-usual = gave <code>{ $subject }</code> the usual limit
act-pause = paused intake
act-pause-because = paused intake: <i>{ $sentence }</i>
act-resume = resumed intake
act-retry = had job #{ $subject } made once more
act-cancel = stopped job #{ $subject }
act-bump = let job #{ $subject } go next
act-broadcast = sent broadcast #{ $subject }
act-broadcast-stopped = stopped broadcast #{ $subject }
act-broadcast-dropped = dropped broadcast #{ $subject }
act-style-added = added the style <code>{ $subject }</code>
act-style-renamed = renamed the style <code>{ $subject }</code>
act-style-hidden = hid the style <code>{ $subject }</code>
act-style-shown = showed the style <code>{ $subject }</code> again
act-style-first = put the style <code>{ $subject }</code> first
act-style-fitted = had the style <code>{ $subject }</code> fitted
act-style-not-fitted = wanted the style <code>{ $subject }</code> fitted, in vain
state-queued = waiting
state-running = being painted
state-done = done
state-failed = failed
state-cancelled = cancelled
state-dead = parked
lane-instant = instant
lane-hq = high quality
lane-poster = poster
admin-job-error = It went wrong: <code>{ $error }</code>
admin-waited = waiting in the last hour: { $wait } on average
admin-nobody-waits = nobody is waiting
admin-oldest = the one in line for longest has waited { $oldest }
admin-banned = 🚫 Done: I take nothing more from them.
admin-unbanned = ✅ Done: they may ask again.
admin-quota-set = ✅ Done: that is their limit now.
admin-promoted = 🔑 Done: they are an admin now.
admin-demoted = ✅ Done: they are no admin any more.
admin-ban-usage = Whom? For example: <code>/ban 12</code>
admin-unban-usage = Whom? For example: <code>/unban 12</code>
admin-quota-usage = Whom, and how many in 24 hours? For example <code>/quota 12 50</code>, or <code>/quota 12 usual</code>
admin-promote-usage = Whom? For example <code>/promote 12</code> or <code>/demote 12</code>
admin-promote-ask = <code>{ $id }</code> has never written to me. Shall they be an admin all the same?
admin-press-old = This button is out of date. /admin shows how things are.
admin-not-allowed = That is not yours to do: only owners choose admins, and nobody bans an admin.

alarm-worker-lost = ⚠️ A worker fell silent: { $jobs } of its pictures were begun anew in the last quarter of an hour.
alarm-painter-deaths = ⚠️ The painter was lost { $deaths } times in the last quarter of an hour.
alarm-failures = ⚠️ { $failed } pictures failed in the last quarter of an hour, { $percent } % of all.
alarm-queue = ⚠️ Somebody has been waiting for { $minutes } minutes.
alarm-disk = ⚠️ The disk is nearly full: { $free } MB are left.
all-clear-worker-lost = ✅ No worker falls silent any more.
all-clear-painter-deaths = ✅ The painter is well again.
all-clear-failures = ✅ Pictures succeed again.
all-clear-queue = ✅ Nobody waits for long any more.
all-clear-disk = ✅ There is room on the disk again.
all-clear-second-poller = ✅ Nobody else fetches my messages any more.

press-done = Done.
press-bumped = It goes next.
press-already-so = It is so already.
press-broadcast-stopped = It was stopped already: nobody else gets it.
press-broadcast-done = Too late: everybody has been told.

button-admin-faults = ⚠️ Faults
button-admin-people = 👥 People
button-admin-acts = 📜 Audit
button-admin-back = ◀ Overview
button-admin-bump = ⏫ Next
button-admin-person = 👤 Person
button-admin-pause = ⏸ Pause
button-admin-resume = ▶ Resume
button-admin-alerts-on = 🔔 Alerts on
button-admin-alerts-off = 🔕 Alerts off
button-admin-ban = 🚫 Ban
button-admin-unban = Unban
button-admin-promote = Make them an admin
button-admin-usual = Usual limit
button-admin-quota = { $daily } a day

broadcast-usage = What shall I say to everybody? Write it behind the command: <code>/broadcast Hello!</code>
broadcast-ask = Everybody will see it as above: { $people } people. Shall I send it?
broadcast-state = Broadcast, { $state }: { $people } people in all, sent to { $sent }; { $blocked } have blocked me, { $failed } could not be reached.
broadcast-done = 📣 Everybody has been told: sent to { $sent }; { $blocked } have blocked me, { $failed } could not be reached.
button-admin-send = 📣 Send
button-admin-stop = Stop

style-add-usage = Write <code>/addstyle our-wall Our wall</code> in reply to a photo: the short name, then what people read.
style-added = Everybody can use <code>{ $name }</code> from now on. It is fitted when I have nothing else to do; I tell you then.
style-fitted = <code>{ $name }</code> has been fitted: it is painted more like its picture from now on.
style-not-fitted = <code>{ $name }</code> could not be fitted: it stays on offer, painted as before. The log says why.
style-change-usage = Which style? For example <code>/renamestyle our-wall The old wall</code> or <code>/hidestyle mosaic</code>
style-renamed = <code>{ $name }</code> is now called “{ $title }”.
style-hidden = <code>{ $name }</code> is no longer on offer.
style-shown = <code>{ $name }</code> is on offer again.
style-first = <code>{ $name }</code> comes first from now on.
style-bad-name = A short name has 2 to 31 small letters, digits and hyphens, a letter first.
style-taken = There is a style of that name already; please take another name.
style-bad-title = What people read has 1 to 40 signs, all of them printable.
style-not-there = There is no style of that name.
style-last = That is the last style on offer; please add another one first.
style-not-now = Styles cannot be changed just now; the log says why.

## Buttons

button-presets = 🎨 See my styles
button-own-style = 🖼 Use my own style
button-how = ❓ How it works
button-previous = ◀
button-next = ▶
button-cancel = Cancel
button-retry = 🔁 Try again
button-hq = ✨ Paint in high quality
button-softer = Softer
button-stronger = Stronger
button-photo-colours = 🌈 Photo colours
button-style-colours = 🌈 Style colours
button-finer = 🖌 −
button-broader = 🖌 +
button-poster = 🖨 Poster
button-other-size = 🖨 Other size
button-paper = { $paper }, { $dpi } dpi
button-again = 🔁 Paint again
button-file = 📄 File
button-palette = 🎨 Palette
button-reconstruction = 🧠 From memory
button-layer-view = 👁 What a layer sees
button-morph = 🎞 Morph
button-differences = 🔎 Spot the difference
button-whole-layer = 👁 The whole layer
button-one-channel = 🎲 One channel, at random
button-in-a-photo = 📷 Where it looks in a photo
button-last-photo = 🖼 My last photo
button-never-mind = Never mind
button-lab = 🔬 To the lab
button-paint-photo = 🎨 Paint the photo
button-another-channel = 🎲 Another channel
button-other-way = 🔀 The other way round
button-layer = Of { $layer }
button-film = ⏱ Time-lapse
button-swap = 🔀 Swap the two
button-other-style = 🎨 Other style
button-resend = 📨 Send it again
button-afresh = ⚙️ With my settings
button-all-jobs = ◀ All pictures
button-delete-me = Delete everything
button-keep-me = Keep it
button-guest-style = 👥 { $name }
button-save-last = 💾 Save my last style photo
button-save-style = 💾 Save the style
button-use-style = 🎨 Paint with it
button-share = 🔗 Share
button-new-link = 🔗 New link
button-unshare = Stop sharing
button-rename = ✏️ Rename
button-delete = 🗑 Delete
button-keep-style = Keep it
button-leave = Take it off my list
button-all-styles = ◀ All my styles
button-mix = 🎛 Mix
button-less = − { $style }
button-more = + { $style }
button-paint-mix = 🎨 Paint the mix
button-own-style-name = ⭐ { $name }
button-favourite = ♥ { $style }
preset-numbered = { $number }. { $title }
category-all = All
category-paintings = Paintings
category-patterns = Patterns
category-house = House styles
button-language = 🌐 Language
button-chosen = ✓ { $label }
button-language-auto = As in my Telegram
button-inline-paint = 🎨 Paint a photo like this
button-inline-open = Paint a photo of yours
button-admin-refresh = 🔄 Refresh

## The command menu

command-start = Show what I do
command-style = Paint a photo in a style: /style mosaic
command-poster = Make a picture large enough to print
command-lab = See how I see: palettes, layers, morphs
command-mix = Paint in several styles at once
command-mystyles = Styles of your own
command-jobs = What you asked for
command-settings = How I paint for you
command-language = Choose my language
command-help = How to use me
command-privacy = What I keep of you
command-delete_me = Delete what I keep of you
command-cancel = Forget my photo, stop my pictures
command-admin = What is going on
command-job = A job and its timeline: /job 12
command-user = Find somebody: /user Ann
command-ban = Take nothing more from somebody: /ban 12
command-unban = Let somebody in again: /unban 12
command-quota = Another limit for somebody: /quota 12 50
command-pause = Take no new pictures, and say why
command-resume = Take new pictures again
command-audit = What admins did
command-promote = Owners: make somebody an admin
command-demote = Owners: no longer an admin
command-broadcast = Say something to everybody
command-addstyle = In reply to a photo: a style for everybody
command-renamestyle = Call a style something else
command-hidestyle = Offer a style no longer
command-showstyle = Offer a style again
command-firststyle = Offer a style before all others
