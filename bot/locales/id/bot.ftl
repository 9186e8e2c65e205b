# Semua kalimat dan tombol bot. Sapaan "kamu", kalimat pendek.

## Beginning and help

start =
    Halo, { $name }! Kirim foto, dan aku lukis ulang dengan gaya gambar lain.

    Pilih salah satu gayaku, atau kirim foto kedua yang tampilannya kamu suka.
how-it-works =
    <b>Cara kerjanya</b>

    1. Kirim foto: itulah yang aku lukis.
    2. Ketuk salah satu gayaku, atau kirim foto kedua yang gayanya harus aku pinjam.
    3. Lukisannya langsung jadi. Tombol di bawahnya mengubahnya: lebih kuat, lebih lembut, warna fotomu, kuas lain.
    4. Suka? Minta dilukis dengan kualitas tinggi dan lihat prosesnya, atau jadikan poster.

    Dua foto sekaligus juga bisa: yang pertama dilukis, yang kedua memberi gaya.
help =
    <b>Yang bisa aku lakukan</b>

    • Kirim foto, lalu ketuk satu gaya atau kirim foto kedua sebagai gayanya.
    • Atau kirim keduanya sebagai album: yang pertama dilukis, yang kedua memberi gaya.
    • Gambar yang dikirim sebagai file (JPEG, PNG, WebP, AVIF, atau HEIC, sampai 20 MB) juga boleh.
    • Sudah tahu gayanya? Tulis <code>/style mosaik</code> di bawah foto atau sebagai balasannya. Di grup juga bisa.
    • Balas salah satu lukisanku dengan /poster agar cukup besar untuk dicetak.

    /start menampilkan contoh
    /language mengganti bahasaku
    /mix melukis dengan dua sampai empat gaya sekaligus
    /mystyles menyimpan gayamu sendiri dan membagikannya lewat tautan
    /lab memperlihatkan caraku melihat: palet, lapisan, morf
    /jobs menampilkan permintaanmu: dikirim atau dilukis lagi
    /settings: cara aku melukis untukmu: kualitas, ukuran, kekuatan, warna, kuas, foto atau file
    /cancel melupakan fotomu dan menghentikan yang sedang aku lukis untukmu
    /privacy menjelaskan apa yang kusimpan, /delete_me menghapusnya
    /help menampilkan ini
ask-for-own-style = Kirim foto yang harus aku lukis. Setelah itu kirim gambar kedua: gayanya aku pinjam.
ask-for-photo = Ini gaya-gayaku. Kirim foto dulu, lalu ketuk yang kamu suka.
in-a-group = Di grup ini aku hanya melihat yang ditujukan kepadaku: tulis @{ $bot } di bawah gambar, atau kirim sebagai balasan pesanku.

## The styles that ship with the project

preset-brush-strokes = Sapuan kuas
preset-starry-night = Malam Berbintang
preset-stained-glass = Kaca patri
preset-great-wave = Ombak Besar
preset-ink-wash = Tinta cina
preset-metzinger = Metzinger
preset-woodcut-waves = Ombak cukil kayu
preset-the-scream = Jeritan
preset-mosaic = Mosaik
preset-composition-vii = Komposisi VII
preset-marbling = Kertas marmer
preset-wheat-field = Ladang Gandum
preset-frost = Bunga es
preset-woman-with-a-hat = Wanita Bertopi
preset-embroidery = Sulaman
preset-udnie = Udnie
preset-halftone-comic = Komik
preset-night-cafe = Kafe Malam
preset-watercolour = Cat air
preset-contrast-of-forms = Kontras Bentuk
preset-pointillism = Pointilisme
preset-shipwreck = Kapal Karam
preset-hatching = Arsiran pena
preset-grainstack = Tumpukan Jerami
preset-facets = Faset
preset-edtaonisl = Edtaonisl
preset-night-neon = Neon malam
preset-beatus-page = Halaman Beatus
preset-blueprint = Cetak biru
preset-olive-trees = Pohon Zaitun

## Pictures

content-set = Bagus, fotomu sudah kuterima. Ketuk satu gaya, atau kirim gambar kedua untuk aku pinjam gayanya.
content-kept = Fotomu kusimpan: nanti ketuk satu gaya di sini.
style-unknown = Aku tidak punya gaya “{ $name }”. Mungkin salah satu dari ini?
style-unlike = Aku tidak punya gaya “{ $name }”, atau yang mirip dengannya. Ini gaya-gayaku: ketuk salah satu.
style-none = Aku tidak punya gaya “{ $name }”.
style-missing = Gaya yang mana? Misalnya: <code>/style mosaik</code>. Atau ketuk salah satu:
style-no-photo = Fotonya tidak kulihat: tulis <code>/style mosaik</code> di bawah foto atau sebagai balasannya.
other-style = Foto yang sama dengan gaya lain: ketuk salah satu.
album-too-many = Itu lebih dari dua gambar. Kirim tepat dua: yang pertama dilukis, yang kedua memberi gaya.
album-one-good = Hanya satu gambar dari album itu yang bisa dipakai, jadi itulah yang aku lukis. Ketuk satu gaya, atau kirim gambar kedua.
album-one-seen = Dari album itu hanya satu gambar yang sampai kepadaku dan bisa kulukis: itu yang kusimpan. Ketuk satu gaya, atau kirim yang kedua.
album-none-good = Tidak ada gambar di album itu yang bisa kubaca. Kirim dua foto dalam JPEG, PNG, WebP, AVIF, atau HEIC.
picture-animated = Gambar itu bergerak: aku ambil bingkai pertamanya.
picture-not-a-picture = File itu bukan gambar yang bisa kubaca. Kirim foto, atau gambar JPEG, PNG, WebP, AVIF, atau HEIC.
picture-too-large = Piksel gambar itu terlalu banyak untukku. Kirim yang paling besar 50 megapiksel.
picture-too-small = Gambar itu terlalu kecil. Kirim yang tiap sisinya paling sedikit 64 piksel.
picture-too-long = Gambar itu terlalu panjang dan sempit. Kirim yang panjangnya paling banyak 20 kali lebarnya.
picture-broken = Sepertinya gambar itu rusak. Kirim sekali lagi, atau coba yang lain.
picture-too-slow = Gambar itu terlalu lama dibuka. Simpan sebagai JPEG lalu kirim lagi.
file-too-big = File itu terlalu besar untuk kuunduh. Kirim yang lebih kecil: sampai 20 MB selalu bisa.
download-failed = Aku gagal mengunduh gambar itu dari Telegram. Kirim sekali lagi.

## Anything else

unknown-command = Aku tidak kenal perintah itu. /help menampilkan yang bisa aku lakukan.
not-a-photo-text = Aku melukis foto. Kirim satu, nanti aku tunjukkan gaya-gayaku.
not-a-photo-video = Aku tidak bisa melukis video. Kirim foto saja, mungkin satu bingkainya.
not-a-photo-animation = Aku tidak bisa melukis animasi. Kirim foto saja, mungkin satu bingkainya.
not-a-photo-sticker = Stikernya keren! Tapi aku hanya bisa melukis foto: kirim satu, ya.
not-a-photo-sound = Aku tidak bisa mendengar, tapi bisa melukis. Kirim foto, ya.
not-a-photo-file = Aku tidak bisa melukis file seperti itu. Kirim foto, atau gambar JPEG, PNG, WebP, AVIF, atau HEIC.
not-a-photo-other = Itu tidak bisa kuapa-apakan. Kirim foto, nanti aku tunjukkan gaya-gayaku.
still-photo-there = Fotomu masih ada di sini: ketuk satu gaya di bawahnya, atau kirim gambar kedua untuk aku pinjam gayanya.
still-painting = { $jobs ->
        [1] Gambarmu sedang kukerjakan dan akan datang sendiri.
       *[other] { $jobs } gambarmu sedang kukerjakan dan akan datang sendiri.
    } Sementara itu kamu boleh mengirim foto lain.
still-study = Aku masih menunggu foto untuk <b>{ $study }</b>: kirimkan, atau ketuk “Tidak jadi” di atas.
still-style = Aku masih menunggu gambar untuk <b>{ $study }</b>: kirimkan, sebut nama sebuah gaya, atau ketuk “Tidak jadi” di atas.
still-second-photo = Aku masih menunggu foto kedua untuk <b>{ $study }</b>: kirimkan, atau ketuk “Tidak jadi” di atas.
still-chosen = Aku masih menunggu foto yang kulukis dengan gaya <b>{ $name }</b>: kirimkan, atau ketuk “Tidak jadi” di atas.
still-name = Aku masih menunggu nama lain untuk <b>{ $name }</b>: tulis saja, atau ketuk “Tidak jadi” di atas.
remark-video = Aku tidak bisa melukis video.
remark-animation = Aku tidak bisa melukis animasi.
remark-sticker = Stikernya keren!
remark-sound = Aku tidak bisa mendengarkannya.
remark-file = Aku tidak bisa melukis file seperti itu.
remark-other = Itu tidak bisa kuapa-apakan.

## Cancelling

cancel-nothing = Tidak ada yang perlu dibatalkan. Kirim foto kapan saja.
cancel-draft = Baik, fotomu sudah kulupakan. Kirim yang lain kapan saja.
cancel-begun = Baik, yang sudah kamu mulai kutinggalkan. Kirim foto kapan saja.
cancel-jobs = { $jobs ->
        [1] Baik, aku hentikan lukisan yang sedang kukerjakan.
        [2] Baik, aku hentikan kedua lukisanmu.
       *[other] Baik, aku hentikan { $jobs } lukisanmu.
    }
cancel-both = { $jobs ->
        [1] Baik, aku hentikan lukisan yang sedang kukerjakan dan lupakan fotomu.
        [2] Baik, aku hentikan kedua lukisanmu dan lupakan fotomu.
       *[other] Baik, aku hentikan { $jobs } lukisanmu dan lupakan fotomu.
    }

## The status message

own-style = Gayamu sendiri
about-seconds = sekitar { $seconds } dtk
about-minutes = sekitar { $minutes } mnt
about-hours = sekitar { $hours } jam
queued-next = 🎨 <b>{ $style }</b>: giliranmu berikutnya.
queued-next-eta = 🎨 <b>{ $style }</b>: giliranmu berikutnya, { $eta }.
queued-behind = 🎨 <b>{ $style }</b>: dalam antrean, { $ahead } di depanmu.
queued-behind-eta = 🎨 <b>{ $style }</b>: dalam antrean, { $ahead } di depanmu, { $eta }.
starting = 🎨 <b>{ $style }</b>: aku sedang mencampur warna.
painting =
    🎨 <b>{ $style }</b>: melukis
    <code>{ $bar }</code> { $percent } %
painting-eta =
    🎨 <b>{ $style }</b>: melukis, { $eta } lagi
    <code>{ $bar }</code> { $percent } %
held-up = ⏳ <b>{ $style }</b>: sekarang aku tidak punya tempat untuk menyimpan apa pun. Tidak ada yang hilang: aku lanjut begitu bisa.
stopping = 🎨 <b>{ $style }</b>: berhenti.
delivering = 🖼 <b>{ $style }</b>: lukisanmu sudah jadi, ini dia.
done = 🖼 <b>{ $style }</b>: ini lukisanmu.
done-hq = ✨ <b>{ $style }</b>: ini lukisanmu dengan kualitas tinggi.
done-poster = 🖨 <b>{ $style }</b>: ini postermu. Pada { $dpi } dpi sisi panjangnya { $length } cm.
film = ⏱ <b>{ $style }</b>: begini proses lukisannya.
film-coming = ⏱ Kurekam prosesnya: time-lapse menyusul setelah lukisan.
differences-still = 🔎 Yang sama, dengan semuanya ditandai.
setting-strength = kekuatan { $percent } %
setting-colours = warna fotomu
setting-finer = kuas halus
setting-broader = kuas lebar
cancelled = ✋ <b>{ $style }</b>: dihentikan sesuai permintaanmu.
failed-engine = 😔 <b>{ $style }</b>: lukisannya gagal. Fotomu masih ada: coba lagi, ya.
failed-interrupted = 😔 <b>{ $style }</b>: aku terganggu dua kali saat melukis. Fotomu masih ada: coba lagi, ya.
failed-pictures-gone = 😔 <b>{ $style }</b>: gambar-gambarnya sudah tidak ada padaku. Kirim sekali lagi, ya.
failed-out-of-memory = 😔 <b>{ $style }</b>: memoriku tidak cukup. Coba gambar yang lebih kecil.
failed-poisonous = 😔 <b>{ $style }</b>: gambar ini beberapa kali membuatku jatuh, jadi kusisihkan. Coba yang lain, ya.
failed-timed-out = 😔 <b>{ $style }</b>: ini terlalu lama, jadi kuhentikan. Coba gambar atau gaya lain.
failed-other = 😔 <b>{ $style }</b>: ada yang salah. Coba lagi, ya.
result-gone = 😔 <b>{ $style }</b>: sudah kulukis, tapi filenya hilang. Coba lagi, ya.

## Settings

settings =
    ⚙️ <b>Pengaturan</b>

    Beginilah aku melukis yang kamu kirim mulai sekarang. Lukisan yang sudah ada tetap seperti semula.
settings-group =
    ⚙️ <b>Pengaturan grup ini</b>

    Beginilah aku melukis untuk semua orang di sini mulai sekarang. Admin grup bisa mengubahnya.
choice-instant = ⚡ Langsung
choice-hq = ✨ Mutu tinggi
choice-usual-size = Ukuran biasa
choice-size = { $px } px
choice-soft = Lembut
choice-normal = Normal
choice-strong = Kuat
choice-style-colours = Warna gayanya
choice-photo-colours = Warna fotoku
choice-fine = 🖌 Halus
choice-medium = 🖌 Sedang
choice-broad = 🖌 Lebar
choice-photo = 🖼 Sebagai foto
choice-file = 📄 Dan file

## Jobs

jobs-title = 🗂 <b>Lukisanmu</b>, yang terbaru dulu. Ketuk nomornya.
jobs-none = Kamu belum meminta apa pun di sini. Kirim foto kapan saja.
jobs-queued = { $number }. ⏳ <b>{ $style }</b>, { $age } lalu: menunggu
jobs-running = { $number }. 🎨 <b>{ $style }</b>, { $age } lalu: dilukis
jobs-done = { $number }. 🖼 <b>{ $style }</b>, { $age } lalu
jobs-done-hq = { $number }. ✨ <b>{ $style }</b>, { $age } lalu
jobs-done-poster = { $number }. 🖨 <b>{ $style }</b>, { $age } lalu
jobs-failed = { $number }. 😔 <b>{ $style }</b>, { $age } lalu: gagal
jobs-cancelled = { $number }. ✋ <b>{ $style }</b>, { $age } lalu: dihentikan
jobs-tile = { $number }. { $style }

## Mixing styles

mix = 🎛 Ketuk dua sampai empat gaya. Dengan − dan + kamu atur banyaknya; ketuk yang bertanda ✓ untuk mengeluarkannya.
mix-part = { $percent } % · <b>{ $style }</b>

## Styles of one's own

styles = ⭐ <b>Gaya-gayamu</b>. Ketuk satu untuk melukis dengannya, mengganti namanya, atau membagikannya.
styles-none = ⭐ Kamu belum menyimpan gaya apa pun. Lukis dulu foto dengan gaya gambar lain; setelah itu gayanya bisa disimpan di sini.
styles-full = Kamu sudah punya tiga puluh gaya. Hapus satu dulu: /mystyles
style-name = Gayaku
style-card = ⭐ <b>{ $name }</b>: gayamu.
style-card-shared = ⭐ <b>{ $name }</b>: gayamu. Siapa pun yang punya tautannya boleh melukis dengannya.
style-card-guest = ⭐ <b>{ $name }</b>: seseorang membagikan gaya ini kepadamu.
style-photo-waits = Fotomu masih ada di sini: ketuk “{ $button }”, dan kulukis dengan gaya ini.
style-none-to-save = Tidak ada foto gaya milikmu untuk disimpan. Kirim dua foto dulu: yang kedua memberi gaya.
style-chosen = Bagus. Kirim fotonya, dan aku lukis dengan gaya <b>{ $name }</b>.
chosen-left = Baik, tidak kali ini. Kirim foto kapan saja, nanti aku tunjukkan gaya-gayaku.
style-which-name = Mulai sekarang <b>{ $name }</b> kusebut apa? Tulis saja namanya.
style-name-left = Baik, namanya tetap seperti sekarang.
style-name-empty = Nama seperti itu tidak bisa kutampilkan. Tulis yang berhuruf, ya.
style-name-long = Nama itu terlalu panjang: tulis yang paling panjang 48 huruf, ya.
style-name-taken = Kamu sudah punya gaya dengan nama itu. Pilih yang lain, ya.
style-delete = Hapus <b>{ $name }</b>? Tautannya tidak akan berfungsi lagi, dan ini tidak bisa dibatalkan.
style-link =
    🔗 Siapa pun yang membuka tautan ini boleh melukis dengan <b>{ $name }</b>. Gambarnya tetap hanya milikmu.

    { $link }

    Aku tidak menyimpan salinan tautannya. Tautan baru atau “Berhenti membagikan” membuatnya tidak berguna.
style-link-dead = Tautan itu tidak menuju ke mana pun: gayanya dihapus atau tidak dibagikan lagi. Minta yang baru, atau pilih salah satu gayaku: /start

## Privacy

privacy =
    🔒 <b>Yang kusimpan</b>

    • Nomor Telegram, nama, bahasa, dan pengaturanmu: sampai kamu menghapusnya.
    • Foto yang kamu kirim dan lukisan yang kubuat darinya: { $hours } jam. Setelah itu aku hanya tahu dengan nomor apa Telegram menyimpan jawabanku.
    • Gaya yang kamu simpan dengan nama: sampai kamu menghapusnya. Dari tautan yang membagikannya kusimpan sidiknya saja.
    • Apa yang kamu minta dan kapan, tanpa gambarnya: sampai kamu menghapusnya.
    • Pesanmu seperti saat datang, supaya tidak ada yang hilang: 48 jam.
    • Keputusan admin tentangmu, misalnya sebuah batas, dan apa yang mereka lakukan: hanya nomormu, juga setelah /delete_me.
    • Berapa banyak yang kamu minta dalam 24 jam terakhir, untuk batas harian: juga setelah /delete_me, tetapi tanpa nomormu dan hanya selama 24 jam itu.

    Lukisanmu dibuat di mesin ini; tidak ada orang lain yang mendapatkannya. Yang menjalankan aku mungkin menyimpan cadangan untuk sementara.

    /delete_me menghapus selebihnya.
private-only = Itu urusan kita berdua: tulis kepadaku di chat pribadi, ya.
delete-me =
    Hapus semua yang kusimpan tentang kamu, di semua chat? Foto-fotomu, lukisan yang kubuat darinya, gaya tersimpan dan tautannya, pengaturan, dan daftar permintaanmu langsung hilang; yang sedang kulukis untukmu berhenti.

    Pesanku tetap ada di chat-chatmu sampai kamu menghapusnya di sana. Ini tidak bisa dibatalkan.
delete-not = Baik, semuanya tetap seperti semula.
deleted = Selesai. Aku menghapus { $rows } catatan dan { $files ->
        [0] tidak ada file
       *[other] { $files } file
    } milikmu{ $jobs ->
        [0] .
        [1] , dan menghentikan lukisan yang sedang kukerjakan.
       *[other] , dan menghentikan { $jobs } lukisan.
    } Kalau kamu menulis lagi, aku mulai dari awal.

## Languages

# What the language calls itself.
language-name = Bahasa Indonesia
language-choose = Bahasa apa yang harus kupakai di sini?
language-set = Baik, mulai sekarang aku berbahasa Indonesia di sini.
language-auto = Baik, aku kembali memakai bahasa Telegram-mu.

## In other chats: "@bot starry", and the links under what is found

inline-preset = 🎨 <b>{ $style }</b> adalah salah satu gaya lukisanku.
inline-preset-about = Salah satu gayaku: tampilkan di sini
inline-result = 🖼 <b>{ $style }</b>, dilukis oleh @{ $bot }
inline-result-about = Lukisanmu
preset-chosen = 🎨 <b>{ $style }</b>, pilihan bagus! Kirim foto yang harus kulukis seperti itu.

## Posters

poster-which = 🖨 Sebesar apa? 150 dpi cukup untuk dinding, 300 dpi untuk dilihat dari dekat.
poster-reply = Balas salah satu lukisanku dengan /poster, nanti kubuat cukup besar untuk dicetak. Yang sudah dihapus tidak bisa.
poster-unknown = Itu tidak bisa kubuat poster: bukan lukisanku, atau sudah tidak ada padaku. Balas lukisanku yang lain dengan /poster.

## The lab

lab =
    🔬 <b>Lab</b> memperlihatkan caraku melihat. Tiap percobaan makan waktu sekitar semenit.

    🎨 <b>Palet</b>: warna dan sapuan sebuah gambar, tanpa isinya
    🧠 <b>Dari ingatan</b>: apa yang diingat salah satu lapisanku dari sebuah foto
    👁 <b>Yang dilihat lapisan</b>: apa yang paling menggugahnya, atau ke mana ia memandang di foto
    🎞 <b>Morf</b>: satu foto berubah menjadi foto lain
    🔎 <b>Cari perbedaan</b>: apa yang berbeda di antara dua foto yang sama
lab-which-layer = 🔬 Lapisan yang mana? Yang pertama melihat tepi dan tekstur, yang terakhir benda utuh.
lab-which-aspect = 🔬 Apa yang kuperlihatkan darinya?
lab-photo = 🔬 <b>{ $study }</b>: kirimkan fotonya.
lab-style = 🔬 <b>{ $study }</b>: kirimkan sebuah gambar, atau tulis nama sebuah gaya.
lab-no-picture = Untuk ini aku tidak punya gambar gaya <b>{ $name }</b>. Kirimkan gambarnya, atau sebut gaya lain.
lab-two-photos = 🔬 <b>{ $study }</b>: kirimkan foto pertama, atau keduanya sebagai album.
lab-second-photo = 🔬 <b>{ $study }</b>: foto pertama sudah ada. Sekarang kirimkan yang kedua.
lab-too-many = 🔬 <b>{ $study }</b>: itu lebih dari yang kuperlukan. Kirimkan { $photos ->
        [1] satu foto saja
       *[other] dua foto saja
    }.
lab-left = Baik, lain kali saja. /lab membuka lab lagi.
left = Baik, lain kali saja.
layer-edges = tepi
layer-textures = tekstur
layer-patterns = pola
layer-parts = bagian benda
layer-things = benda utuh
study-palette = Palet
study-reconstruction = Dari ingatan: { $layer }
study-layer-view = Yang dilihat lapisan: { $layer }
study-channel = Kanal { $channel }: { $layer }
study-feature-maps = Ke mana lapisan memandang: { $layer }
study-morph = Morf
study-differences = Cari perbedaan
done-palette = 🎨 <b>{ $study }</b>: inilah sisa sebuah gaya kalau tidak ada yang digambarkan.
done-reconstruction = 🧠 <b>{ $study }</b>: inilah yang diingat lapisan itu dari fotomu.
done-layer-view = 👁 <b>{ $study }</b>: inilah yang paling menggugahnya.
done-asleep = 💤 <b>{ $study }</b>: tidak ada yang menggugahnya, ia tidur.
done-feature-maps = 👁 <b>{ $study }</b>: fotomu, dan apa yang menyala di kanal yang paling terjaga.
done-morph = 🎞 <b>{ $study }</b>: satu foto berubah menjadi yang lain.
done-differences = 🔎 <b>{ $study }</b>: { $places ->
        [0] tidak kutemukan satu pun.
       *[other] kutemukan { $places }. Muncul satu per satu, lalu kutandai.
    }
done-unlike = 🔎 <b>{ $study }</b>: keduanya tidak memperlihatkan hal yang sama, jadi tidak ada yang bisa kutandai.

## Answers to presses

press-on-it = Langsung kukerjakan!
press-stopping = Berhenti…
press-cancelled = Dibatalkan.
press-too-late = Terlambat: yang ini sudah jadi.
press-already = Sedang kukerjakan.
press-painted = Itu sudah kulukis.
press-was-stopped = Yang itu sudah dihentikan.
press-went-wrong = Yang itu gagal. Coba lagi, ya.
press-soon = Sebentar: aku masih mengerjakan permintaanmu sebelumnya.
press-not-stored = Sekarang aku tidak bisa mencatat apa pun. Aku jawab begitu bisa.
press-old = Tombol ini sudah tidak berlaku. Kirim fotomu lagi, ya.
press-not-yours = Tombol ini milik orang lain.
press-pictures-gone = Gambar itu sudah tidak ada padaku. Kirim lagi, ya.
press-file = Ini dia, sebagai file.
press-film = Ini dia.
press-film-begins = Kulukis dengan kualitas tinggi dan kurekam.
press-film-gone = Videonya sudah tidak ada padaku. Lukis lagi, dan aku rekam yang baru.
press-result-gone = Lukisan itu dalam ukuran penuh sudah tidak ada. Minta dilukis lagi, ya.
press-style-gone = Gaya itu sudah tidak ada. Pilih yang lain, ya.
press-not-possible = Di sini itu sudah tidak bisa.
press-failed = Maaf, itu gagal. Coba lagi, ya.
press-mix-full = Paling banyak empat gaya yang bisa kucampur.
press-mix-too-few = Campuran butuh paling sedikit dua gaya.
press-saved = Disimpan.
press-unshared = Sekarang tidak ada orang lain yang bisa memakainya.
press-deleted = Dihapus.
press-nothing-left = Tidak ada lagi milikmu yang bisa kuhapus.
press-noted = Dicatat.
press-admins-only = Hanya admin grup ini yang bisa mengubahnya.
press-refreshed = Sudah terbaru.

## Trouble

unexpected = Maaf, ada yang salah di pihakku. Tidak ada yang hilang; coba lagi sebentar lagi.
no-room = Sekarang aku tidak punya tempat untuk menyimpan gambarmu. Kirim lagi nanti, ya.
not-stored = Sekarang aku tidak bisa mencatat apa pun. Pesanmu tidak hilang: aku jawab begitu bisa.
busy = Sekarang aku sedang sibuk. Coba lagi sebentar lagi.

## Enough for now

limit-queued = Sudah { $most } gambarmu yang menunggu. Begitu salah satunya selesai, kamu bisa meminta yang berikutnya.
limit-queued-eta = Sudah { $most } gambarmu yang menunggu. Kamu bisa meminta yang berikutnya dalam { $again }, setelah salah satunya selesai.
limit-daily = Aku melukis { $most } gambar untukmu dalam 24 jam, dan jatahmu sudah habis. Kamu bisa meminta lagi dalam { $again }.
limit-daily-none = Aku melukis { $most } gambar untukmu dalam 24 jam, jadi sekarang belum ada untukmu. Minta lagi setelah admin mengizinkan lebih.
intake-paused = Sekarang aku tidak menerima gambar baru; yang sudah kamu minta tetap kulukis. Coba lagi sebentar lagi.
intake-paused-because = { $sentence }
banned = Seorang admin memutuskan bahwa aku tidak melukis apa-apa lagi untukmu.

## Administration

admin-overview =
    <b>Pekerjaan</b>
    { $queued } antre · { $running } berjalan · { $done } selesai
    { $failed } gagal · { $cancelled } dibatalkan · { $dead } disisihkan
admin-nothing-open = Tidak ada yang antre atau berjalan.
admin-job-running = <b>#{ $id }</b> { $user }, { $age }: <code>{ $bar }</code> { $percent } %
admin-job-queued = <b>#{ $id }</b> { $user }, { $age }: menunggu, { $ahead } di depan
admin-job-parked = ⚠️ Pekerjaan <b>#{ $id }</b> dari { $user } menghabiskan tiga pelukis dan disisihkan: <code>{ $reason }</code>.
age-seconds = { $seconds } dtk
age-minutes = { $minutes } mnt
age-hours = { $hours } jam

alarm-second-poller = ⚠️ Ada yang lain mengambil pesanku dengan token yang sama. Hanya boleh satu: hentikan yang lain.
alarm-webhook = ⚠️ Ada yang memasang webhook untukku, jadi aku tidak menerima pesan lagi. Hentikan dia, lalu mulai ulang aku.

# Admins

admin-lanes =
    <b>Berjalan dan menunggu</b>
    instan { $instant_run } dan { $instant_wait } · kualitas tinggi { $hq_run } dan { $hq_wait } · poster { $poster_run } dan { $poster_wait }
admin-lately =
    <b>Belakangan ini</b>
    satu jam terakhir: { $hour } selesai, { $hour_failed } gagal
    24 jam terakhir: { $day } selesai untuk { $day_people } orang, { $day_failed } gagal
admin-crowd =
    <b>Orang</b>
    { $people } semuanya · { $blocked } memblokirku · { $banned } dilarang
admin-paused = ⏸ Aku tidak menerima gambar baru, dan berkata: { $sentence }
admin-resumed = ▶ Aku menerima gambar baru lagi.
admin-pause-too-long = Itu { $long } huruf; tolong sampaikan dalam { $most } saja.
admin-no-job = Tidak ada pekerjaan dengan nomor itu.
admin-job-usage = Yang mana? Misalnya: <code>/job 12</code>
admin-job =
    <b>Pekerjaan #{ $id }</b>: { $state }
    { $user } (<code>{ $number }</code>), { $age } lalu
    { $lane }, { $px } px, { $style }
    percobaan { $attempt }
admin-no-timeline = Belum terjadi apa-apa padanya.
admin-event = <code>{ $after } dtk</code> { $kind } <i>{ $detail }</i>
admin-no-faults = Sejauh ini tidak ada yang salah.
admin-fault = <b>#{ $id }</b> { $user }, { $age } lalu: <code>{ $error }</code>
admin-people = Siapa orangnya? Tulis <code>/user Ann</code> atau <code>/user 12</code> untuk mencari yang lain.
admin-nobody = Aku tidak kenal siapa pun dengan nama itu. Tulis sebagian namanya, atau nomor Telegramnya.
admin-person =
    <b>{ $name }</b> (<code>{ $id }</code>), { $speaks }, datang { $came } lalu
    { $jobs } gambar semuanya, { $today } dalam 24 jam terakhir, { $open } menunggu atau berjalan
admin-person-usual = Batas: seperti semua orang
admin-person-daily = Batas: { $daily } gambar dalam 24 jam
admin-person-admin = 🔑 Seorang admin: tanpa batas
admin-person-banned = 🚫 Sedang dilarang
admin-person-blocked = Sudah memblokirku
admin-no-acts = Belum ada admin yang melakukan apa pun.
admin-act = { $age } lalu, <code>{ $admin }</code>
act-appoint = menjadikan <code>{ $subject }</code> admin
act-dismiss = mencabut hak admin <code>{ $subject }</code>
act-alerts-on = ingin menerima peringatan lagi
act-alerts-off = tidak ingin menerima peringatan
act-ban = memblokir <code>{ $subject }</code>
act-unban = membuka blokir <code>{ $subject }</code>
act-quota = mengizinkan <code>{ $subject }</code> { $daily } lukisan dalam 24 jam
act-quota-usual = mengembalikan batas biasa untuk <code>{ $subject }</code>
act-pause = menjeda penerimaan
act-pause-because = menjeda penerimaan: <i>{ $sentence }</i>
act-resume = membuka penerimaan lagi
act-retry = mengulang pekerjaan #{ $subject }
act-cancel = menghentikan pekerjaan #{ $subject }
act-bump = mendahulukan pekerjaan #{ $subject }
act-broadcast = mengirim siaran #{ $subject }
act-broadcast-stopped = menghentikan siaran #{ $subject }
act-broadcast-dropped = membatalkan siaran #{ $subject }
act-style-added = menambahkan gaya <code>{ $subject }</code>
act-style-renamed = mengganti nama gaya <code>{ $subject }</code>
act-style-hidden = menyembunyikan gaya <code>{ $subject }</code>
act-style-shown = menampilkan lagi gaya <code>{ $subject }</code>
act-style-first = mendahulukan gaya <code>{ $subject }</code>
act-style-fitted = menyetel gaya <code>{ $subject }</code>
act-style-not-fitted = gagal menyetel gaya <code>{ $subject }</code>
state-queued = menunggu
state-running = sedang dilukis
state-done = selesai
state-failed = gagal
state-cancelled = dibatalkan
state-dead = disisihkan
lane-instant = instan
lane-hq = kualitas tinggi
lane-poster = poster
admin-job-error = Ada yang salah: <code>{ $error }</code>
admin-waited = waktu tunggu satu jam terakhir: rata-rata { $wait }
admin-nobody-waits = tidak ada yang menunggu
admin-oldest = yang paling lama antre menunggu { $oldest }
admin-banned = 🚫 Selesai: aku tidak menerima apa pun lagi darinya.
admin-unbanned = ✅ Selesai: dia boleh meminta lagi.
admin-quota-set = ✅ Selesai: itulah batasnya sekarang.
admin-promoted = 🔑 Selesai: dia sekarang admin.
admin-demoted = ✅ Selesai: dia bukan admin lagi.
admin-ban-usage = Siapa? Misalnya: <code>/ban 12</code>
admin-unban-usage = Siapa? Misalnya: <code>/unban 12</code>
admin-quota-usage = Siapa, dan berapa dalam 24 jam? Misalnya <code>/quota 12 50</code>, atau <code>/quota 12 usual</code>
admin-promote-usage = Siapa? Misalnya <code>/promote 12</code> atau <code>/demote 12</code>
admin-promote-ask = <code>{ $id }</code> belum pernah menulis kepadaku. Tetap jadikan admin?
admin-press-old = Tombol ini sudah tidak berlaku. /admin menunjukkan keadaannya.
admin-not-allowed = Itu bukan hakmu: hanya pemilik yang memilih admin, dan tidak ada yang boleh melarang admin.

alarm-worker-lost = ⚠️ Sebuah proses kerja terdiam: { $jobs } gambarnya dimulai lagi dalam seperempat jam terakhir.
alarm-painter-deaths = ⚠️ Pelukis hilang { $deaths } kali dalam seperempat jam terakhir.
alarm-failures = ⚠️ { $failed } gambar gagal dalam seperempat jam terakhir, { $percent } % dari semuanya.
alarm-queue = ⚠️ Ada yang sudah menunggu { $minutes } menit.
alarm-disk = ⚠️ Disk hampir penuh: tersisa { $free } MB.
all-clear-worker-lost = ✅ Tidak ada lagi proses kerja yang terdiam.
all-clear-painter-deaths = ✅ Pelukis sudah sehat lagi.
all-clear-failures = ✅ Gambar berhasil lagi.
all-clear-queue = ✅ Tidak ada lagi yang menunggu lama.
all-clear-disk = ✅ Disk lega lagi.
all-clear-second-poller = ✅ Tidak ada lagi yang mengambil pesanku.

press-done = Sudah.
press-bumped = Ini yang berikutnya.
press-already-so = Memang sudah begitu.
press-broadcast-stopped = Sudah dihentikan: tidak ada lagi yang menerimanya.
press-broadcast-done = Terlambat: semua sudah diberi tahu.

button-admin-faults = ⚠️ Gangguan
button-admin-people = 👥 Orang
button-admin-acts = 📜 Catatan
button-admin-back = ◀ Ringkasan
button-admin-bump = ⏫ Dahulukan
button-admin-person = 👤 Orangnya
button-admin-pause = ⏸ Jeda
button-admin-resume = ▶ Lanjutkan
button-admin-alerts-on = 🔔 Nyalakan peringatan
button-admin-alerts-off = 🔕 Matikan peringatan
button-admin-ban = 🚫 Larang
button-admin-unban = Izinkan lagi
button-admin-promote = Jadikan admin
button-admin-usual = Batas biasa
button-admin-quota = { $daily } sehari

broadcast-usage = Apa yang harus kusampaikan kepada semua orang? Tulis setelah perintahnya: <code>/broadcast Hello!</code>
broadcast-ask = Semua orang akan melihatnya seperti di atas: { $people } orang. Kirim sekarang?
broadcast-state = Siaran, { $state }: { $people } orang semuanya, terkirim ke { $sent }; { $blocked } memblokirku, { $failed } tidak terjangkau.
broadcast-done = 📣 Semua sudah diberi tahu: terkirim ke { $sent }; { $blocked } memblokirku, { $failed } tidak terjangkau.
button-admin-send = 📣 Kirim
button-admin-stop = Hentikan

style-add-usage = Tulis <code>/addstyle our-wall Our wall</code> sebagai balasan foto: nama pendeknya, lalu yang dibaca orang.
style-added = Mulai sekarang semua bisa memakai <code>{ $name }</code>. Kusesuaikan saat sedang luang, lalu kukabari kamu.
style-fitted = <code>{ $name }</code> sudah disesuaikan: mulai sekarang lukisannya lebih mirip gambarnya.
style-not-fitted = <code>{ $name }</code> tidak bisa disesuaikan: tetap ditawarkan, dilukis seperti sebelumnya. Alasannya ada di log.
style-change-usage = Gaya yang mana? Misalnya <code>/renamestyle our-wall The old wall</code> atau <code>/hidestyle mosaic</code>
style-renamed = <code>{ $name }</code> kini bernama “{ $title }”.
style-hidden = <code>{ $name }</code> tidak ditawarkan lagi.
style-shown = <code>{ $name }</code> ditawarkan lagi.
style-first = <code>{ $name }</code> kini tampil paling depan.
style-bad-name = Nama pendek terdiri dari 2 sampai 31 huruf kecil, angka dan tanda hubung, diawali huruf.
style-taken = Sudah ada gaya dengan nama itu; pakailah nama lain.
style-bad-title = Yang dibaca orang terdiri dari 1 sampai 40 tanda yang bisa dicetak.
style-not-there = Tidak ada gaya dengan nama itu.
style-last = Itu gaya terakhir yang kutawarkan; tambahkan yang lain dulu.
style-not-now = Gaya tidak bisa diubah sekarang; catatan menyebutkan alasannya.

## Buttons

button-presets = 🎨 Lihat gayanya
button-own-style = 🖼 Pakai gayaku sendiri
button-how = ❓ Cara kerjanya
button-previous = ◀
button-next = ▶
button-cancel = Batalkan
button-retry = 🔁 Coba lagi
button-hq = ✨ Lukis kualitas tinggi
button-softer = Lebih lembut
button-stronger = Lebih kuat
button-photo-colours = 🌈 Warna foto
button-style-colours = 🌈 Warna gaya
button-finer = 🖌 −
button-broader = 🖌 +
button-poster = 🖨 Poster
button-other-size = 🖨 Ukuran lain
button-paper = { $paper }, { $dpi } dpi
button-again = 🔁 Lukis lagi
button-file = 📄 File
button-palette = 🎨 Palet
button-reconstruction = 🧠 Dari ingatan
button-layer-view = 👁 Yang dilihat lapisan
button-morph = 🎞 Morf
button-differences = 🔎 Cari perbedaan
button-whole-layer = 👁 Seluruh lapisan
button-one-channel = 🎲 Satu kanal acak
button-in-a-photo = 📷 Arah pandangnya di foto
button-last-photo = 🖼 Foto terakhirku
button-never-mind = Tidak jadi
button-lab = 🔬 Ke lab
button-paint-photo = 🎨 Lukis fotonya
button-another-channel = 🎲 Kanal lain
button-other-way = 🔀 Arah sebaliknya
button-layer = Lapisan { $layer }
button-film = ⏱ Time-lapse
button-swap = 🔀 Tukar keduanya
button-other-style = 🎨 Gaya lain
button-resend = 📨 Kirim lagi
button-afresh = ⚙️ Dengan pengaturanku
button-all-jobs = ◀ Semua lukisan
button-delete-me = Hapus semuanya
button-keep-me = Simpan saja
button-guest-style = 👥 { $name }
button-save-last = 💾 Simpan gaya terakhirku
button-save-style = 💾 Simpan gayanya
button-use-style = 🎨 Lukis dengannya
button-share = 🔗 Bagikan
button-new-link = 🔗 Tautan baru
button-unshare = Berhenti membagikan
button-rename = ✏️ Ganti nama
button-delete = 🗑 Hapus
button-keep-style = Simpan saja
button-leave = Keluarkan dari daftarku
button-all-styles = ◀ Semua gayaku
button-mix = 🎛 Campur
button-less = − { $style }
button-more = + { $style }
button-paint-mix = 🎨 Lukis campurannya
button-own-style-name = ⭐ { $name }
button-favourite = ♥ { $style }
preset-numbered = { $number }. { $title }
category-all = Semua
category-paintings = Lukisan
category-patterns = Pola
category-house = Gaya rumah
button-language = 🌐 Bahasa
button-chosen = ✓ { $label }
button-language-auto = Seperti di Telegram-ku
button-inline-paint = 🎨 Lukis foto seperti ini
button-inline-open = Lukis fotomu
button-admin-refresh = 🔄 Segarkan

## The command menu

command-start = Tampilkan yang kulakukan
command-style = Lukis foto dengan gaya: /style mosaik
command-poster = Buat lukisan cukup besar untuk dicetak
command-lab = Lihat caraku melihat: palet, lapisan, morf
command-mix = Lukis dengan beberapa gaya sekaligus
command-mystyles = Gayamu sendiri
command-jobs = Yang kamu minta
command-settings = Cara aku melukis untukmu
command-language = Pilih bahasaku
command-help = Cara memakai aku
command-privacy = Apa yang kusimpan tentang kamu
command-delete_me = Hapus yang kusimpan tentang kamu
command-cancel = Lupakan fotoku, hentikan lukisanku
command-admin = Apa yang sedang terjadi
command-job = Sebuah pekerjaan dan riwayatnya: /job 12
command-user = Cari seseorang: /user Ann
command-ban = Jangan terima apa pun lagi dari seseorang: /ban 12
command-unban = Izinkan seseorang lagi: /unban 12
command-quota = Batas lain untuk seseorang: /quota 12 50
command-pause = Jangan terima gambar baru, dan sebutkan alasannya
command-resume = Terima gambar baru lagi
command-audit = Apa yang dilakukan admin
command-promote = Pemilik: jadikan seseorang admin
command-demote = Pemilik: bukan admin lagi
command-broadcast = Sampaikan sesuatu kepada semua orang
command-addstyle = Sebagai balasan foto: gaya untuk semua orang
command-renamestyle = Beri gaya nama lain
command-hidestyle = Jangan tawarkan lagi sebuah gaya
command-showstyle = Tawarkan lagi sebuah gaya
command-firststyle = Tawarkan sebuah gaya paling depan
