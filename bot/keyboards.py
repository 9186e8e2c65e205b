"""Buttons and what they carry: `verb:argument`, at most 64 bytes, resolved in SQL when pressed."""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit

from bot import texts
from bot.categories import LABELS, Category, categories_there_are
from bot.errors import Refused
from bot.mixing import Mixture, ident_of
from bot.naming import part_name
from bot.own_styles import SavedStyle
from bot.papers import PAPERS
from bot.preferences import CHOICES, Preferences
from bot.studies import LAYERS, Aspect
from bot.variations import Change, keeps_colours, vary
from jobs.presets import Preset, is_generator, list_presets
from jobs.values import FILMED, MAX_PART_WEIGHT, PHOTOS_OF, JobView, MixPart, Study
from models.states import OPEN_STATES, JobState

SHOW_PRESETS = "start-presets"
SHOW_OWN_STYLE = "start-own"
SHOW_HOW = "start-how"
PRESET = "preset"
PAGE = "page"
CANCEL = "cancel"
RETRY = "retry"
AGAIN = "again"
SWAP = "swap"
RESTYLE = "restyle"
FILE = "file"
FILM = "film"
VARY = "vary"
REFINE = "hq"
POSTER = "poster"
PAPER = "paper"
SETTING = "set"
JOBS = "jobs"
JOB = "job"
RESEND = "resend"
AFRESH = "afresh"
DELETE_ME = "delete-me"
KEEP_ME = "keep-me"
OWN_STYLES = "own-all"
OWN_STYLE = "own"
SAVE_STYLE = "own-save"
USE_STYLE = "own-use"
RENAME_STYLE = "own-rename"
SHARE_STYLE = "own-share"
UNSHARE_STYLE = "own-unshare"
DELETE_STYLE = "own-delete"
DELETE_STYLE_YES = "own-delete-yes"
LEAVE_STYLE = "own-leave"
OWN_ON = "own-on"
MIX = "mix"
MIX_WITH = "mix-with"
LAB = "lab"
LAB_OPEN = "lab-open"
LAB_LAST = "lab-last"
NEVER_MIND = "lab-leave"  # so called since only the lab asked for anything
LANGUAGE = "language"
ASK_LANGUAGE = "ask-language"
ADMIN_REFRESH = "admin-refresh"
ADMIN_CANCEL = "admin-cancel"

# What can be done with the person's own style photo beside painting.
OF_A_STYLE_PHOTO = {SWAP: "button-swap", SAVE_STYLE: "button-save-style"}
# The studies that are offered, each with its button.
STUDIES = {
    Study.PALETTE: "button-palette",
    Study.RECONSTRUCTION: "button-reconstruction",
    Study.LAYER_VIEW: "button-layer-view",
    Study.MORPH: "button-morph",
    Study.DIFFERENCES: "button-differences",
}
ASPECTS = {
    Aspect.WHOLE: "button-whole-layer",
    Aspect.CHANNEL: "button-one-channel",
    Aspect.IN_A_PHOTO: "button-in-a-photo",
}
PRESETS_A_PAGE = 6
# A telephone 360 pixels wide shows so many Latin letters of a label where two or three stand in a row.
MOST_OF_TWO, MOST_OF_THREE = 16, 11
# From which sign on each is as wide as how many of them: Cyrillic letters, and pictures such as a brush. The tick is
# none of these, and what says that the sign before it is one has no width.
WIDTHS = (
    (0xFE10, 3.0),
    (0xFE00, 0.0),
    (0x2714, 3.0),
    (0x2713, 1.0),
    (0x2300, 3.0),
    (0x2000, 1.0),
    (0x0400, 1.2),
    (0, 1.0),
)
MARK = "✓ "
NO_PICTURE = 0  # what the buttons of a sheet carry that is only looked at
NO_LANGUAGE = "auto"
# The states after which the same request may be made again.
RETRIED_STATES = frozenset({JobState.FAILED, JobState.CANCELLED})
# SQLite and PostgreSQL keep ids in 64 bits; a forged number beyond that must not reach them.
LARGEST_ID = 2**63 - 1


class MixDo(StrEnum):
    """What a button under the sheet of a mix does, in one letter: the data has little room.

    Each says how it is to be afterwards, not what is to change: a press that is repeated does no more.
    """

    ADD = "a"
    DROP = "d"
    WEIGH = "w"
    TURN = "n"
    PAINT = "g"


def carry(verb: str, *arguments: str | int) -> str:
    """The callback data of a button."""
    data = f"{verb}:{'.'.join(map(str, arguments))}"
    if len(data.encode()) > InlineKeyboardButtonLimit.MAX_CALLBACK_DATA:
        raise ValueError(f"callback data too long: {data}")
    return data


def argument_of(data: str | None) -> str:
    """What stands behind the verb."""
    return (data or "").partition(":")[2]


def id_in(argument: str) -> int:
    """A row id that came back with a button. Raises Refused for anything that cannot be one."""
    if not (argument.isascii() and argument.isdigit() and len(argument) <= len(str(LARGEST_ID))):
        raise Refused("press-old")
    number = int(argument)
    if number > LARGEST_ID:
        raise Refused("press-old")
    return number


def insist_on_owner(argument: str, user_id: int) -> None:
    """Raises Refused where a button was made for somebody else, or for nobody."""
    if id_in(argument) != user_id:
        raise Refused("press-not-yours")


def start(language: str | None) -> InlineKeyboardMarkup:
    """Under the greeting."""
    return InlineKeyboardMarkup(
        [
            *to_presets(language).inline_keyboard,
            [_button(texts.plain(language, "button-own-style"), SHOW_OWN_STYLE)],
            [_button(texts.plain(language, "button-how"), SHOW_HOW)],
        ]
    )


def to_presets(language: str | None) -> InlineKeyboardMarkup:
    """The way to the styles."""
    return InlineKeyboardMarkup([[_button(texts.plain(language, "button-presets"), SHOW_PRESETS)]])


def page_of(shown: Sequence[Preset], page: int) -> Sequence[Preset]:
    """The presets of a page; after the last page the first one follows."""
    first = page % _pages(shown) * PRESETS_A_PAGE
    return shown[first : first + PRESETS_A_PAGE]


def presets(
    picture_id: int | None,
    shown: Sequence[Preset],
    language: str | None,
    page: int = 0,
    *,
    category: Category = Category.ALL,
    favourites: Sequence[Preset] = (),
    saved: Sequence[SavedStyle] = (),
) -> InlineKeyboardMarkup | None:
    """For painting that picture: favourites, a numbered button a preset of the page, and saved styles.

    Below them the other pages and categories, which is all there is without a picture. None where there is nothing.
    """
    rows, pages = [], _pages(shown)
    if picture_id is not None:
        liked = [
            _button(
                texts.plain(language, "button-favourite", style=texts.preset_title(language, preset)),
                PRESET,
                picture_id,
                preset.name,
            )
            for preset in favourites
        ]
        offered = [
            _button(numbered(number, preset, language), PRESET, picture_id, preset.name)
            for number, preset in enumerate(page_of(shown, page), start=first_number(shown, page))
        ]
        own = [
            _button(texts.plain(language, "button-own-style-name", name=style.name), OWN_ON, picture_id, style.id)
            for style in saved
        ]
        rows = [row for buttons in (liked, offered, own) for row in _in_whole_rows(buttons)]
    picture = picture_id or NO_PICTURE
    if pages > 1:
        turns = (("button-previous", (page - 1) % pages), ("button-next", (page + 1) % pages))
        rows.append([_button(texts.plain(language, key), PAGE, picture, other, category.value) for key, other in turns])
    labels = {other: texts.plain(language, LABELS[other]) for other in categories_there_are()}
    if category in labels:
        labels[category] = texts.plain(language, "button-chosen", label=labels[category])
    kinds = [_button(label, PAGE, picture, 0, other.value) for other, label in labels.items()]
    rows += _in_rows(kinds, _a_row(kinds))
    return InlineKeyboardMarkup(rows) if rows else None


def first_number(shown: Sequence[Preset], page: int) -> int:
    """What the first preset of a page is numbered."""
    return 1 + page % _pages(shown) * PRESETS_A_PAGE


def numbered(number: int, preset: Preset, language: str | None) -> str:
    """A preset's name as it stands under its picture and on its button."""
    return texts.plain(language, "preset-numbered", number=str(number), title=texts.preset_title(language, preset))


def near(picture_id: int, offered: Sequence[Preset], language: str | None) -> InlineKeyboardMarkup:
    """A button a style that may have been meant, for painting that picture."""
    labels = [(texts.preset_title(language, preset), preset.name) for preset in offered]
    return InlineKeyboardMarkup([[_button(label, PRESET, picture_id, name) for label, name in labels]])


@lru_cache
def settings(chosen: Preferences, language: str | None) -> InlineKeyboardMarkup:
    """A row a setting, or two where a telephone would cut the labels short; its present choice marked.

    Below them one button that leads to the languages.
    """
    offered = [_choices(setting, chosen, language) for setting in CHOICES]
    rows = [row for choices in offered for row in _in_rows(choices, _a_row(choices))]
    return InlineKeyboardMarkup([*rows, [_button(texts.plain(language, "button-language"), ASK_LANGUAGE)]])


def history(
    user_id: int, views: Sequence[JobView], first: int, page: int, pages: int, language: str | None
) -> InlineKeyboardMarkup:
    """Under a page of somebody's jobs: a number each, counted from first, and two buttons to turn the page."""
    rows = [[_button(str(number), JOB, view.id, page) for number, view in enumerate(views, start=first)]]
    if pages > 1:
        turns = (("button-previous", (page - 1) % pages), ("button-next", (page + 1) % pages))
        rows.append([_button(texts.plain(language, key), JOBS, user_id, other) for key, other in turns])
    return InlineKeyboardMarkup(rows)


def history_job(view: JobView, user_id: int, page: int, language: str | None) -> InlineKeyboardMarkup:
    """What can be done about one of them, and the way back to its page."""
    usual = job(view, language)
    rows = [list(row) for row in (usual.inline_keyboard if usual is not None else ())]
    more = {AFRESH: "button-afresh"} if view.state not in OPEN_STATES and view.spec.study is None else {}
    if view.state == JobState.DONE:
        more = {RESEND: "button-resend"} | more
    # A row each: beside another one their labels are cut short on a telephone.
    rows += [[_button(texts.plain(language, key), verb, view.id)] for verb, key in more.items()]
    rows.append([_button(texts.plain(language, "button-all-jobs"), JOBS, user_id, page)])
    return InlineKeyboardMarkup([row for row in rows if row])


def delete_me(user_id: int, language: str | None) -> InlineKeyboardMarkup:
    """Yes and no, for that person alone."""
    return InlineKeyboardMarkup(
        [
            [_button(texts.plain(language, "button-delete-me"), DELETE_ME, user_id, red=True)],
            [_button(texts.plain(language, "button-keep-me"), KEEP_ME, user_id)],
        ]
    )


def own_styles(usable: Sequence[SavedStyle], job_id: int | None, language: str | None) -> InlineKeyboardMarkup | None:
    """A button a style, two a row, and one that saves the style photo of that job."""
    labels = [
        (style.name if style.own else texts.plain(language, "button-guest-style", name=style.name), style.id)
        for style in usable
    ]
    buttons = [_button(label, OWN_STYLE, style_id) for label, style_id in labels]
    rows = _in_whole_rows(buttons)
    if job_id is not None:
        rows.append([_button(texts.plain(language, "button-save-last"), SAVE_STYLE, job_id)])
    return InlineKeyboardMarkup(rows) if rows else None


def own_style(style: SavedStyle, language: str | None) -> InlineKeyboardMarkup:
    """What can be done with a saved style; a guest may use it, or take it off their list."""
    if style.own:
        share = {SHARE_STYLE: "button-new-link" if style.shared else "button-share"}
        unshare = {UNSHARE_STYLE: "button-unshare"} if style.shared else {}
        rows = [{USE_STYLE: "button-use-style"}, share | unshare, {RENAME_STYLE: "button-rename"}]
        rows[-1][DELETE_STYLE] = "button-delete"
    else:
        rows = [{USE_STYLE: "button-use-style"}, {LEAVE_STYLE: "button-leave"}]
    buttons = [[_button(texts.plain(language, key), verb, style.id) for verb, key in row.items()] for row in rows]
    whole = [part for row in buttons for part in _in_whole_rows(row)]
    return InlineKeyboardMarkup([*whole, [_button(texts.plain(language, "button-all-styles"), OWN_STYLES)]])


def delete_style(style_id: int, language: str | None) -> InlineKeyboardMarkup:
    """Yes, and the way back."""
    yes = _button(texts.plain(language, "button-delete"), DELETE_STYLE_YES, style_id, red=True)
    return InlineKeyboardMarkup([[yes], [_button(texts.plain(language, "button-keep-style"), OWN_STYLE, style_id)]])


def mix(
    mixture: Mixture, saved: Sequence[SavedStyle], user_id: int, page: int, language: str | None
) -> InlineKeyboardMarkup:
    """Under a sheet of styles: more and less of each that is in the mix, then all that could be in it."""

    def press(label: str, do: MixDo, ident: str = "", to_page: int = page) -> InlineKeyboardButton:
        return _button(label, MIX, user_id, to_page, do.value, *([ident] if ident else []))

    def offer(label: str, ident: str) -> InlineKeyboardButton:
        if mixture.has(ident):
            return press(texts.plain(language, "button-chosen", label=label), MixDo.DROP, ident)
        return press(label, MixDo.ADD, ident)

    rows = []
    for part in mixture.parts:
        ident, weight, name = ident_of(part), part.weight, part_name(part, language)
        less, more = (texts.plain(language, key, style=name) for key in ("button-less", "button-more"))
        # The least is nothing: one that came with a picture stands on no page, to be taken out by a tap there.
        weights = [press(less, MixDo.WEIGH, f"{weight - 1}.{ident}") if weight > 1 else press(less, MixDo.DROP, ident)]
        if weight < MAX_PART_WEIGHT:
            weights.append(press(more, MixDo.WEIGH, f"{weight + 1}.{ident}"))
        rows += _in_whole_rows(weights)
    if mixture.is_ready:
        rows.append([press(texts.plain(language, "button-paint-mix"), MixDo.PAINT)])
    shown = list_presets()
    offered = [
        offer(numbered(number, preset, language), ident_of(MixPart(preset=preset.name)))
        for number, preset in enumerate(page_of(shown, page), start=first_number(shown, page))
        if not is_generator(preset.name)
    ]
    offered_saved = [
        offer(texts.plain(language, "button-own-style-name", name=style.name), ident_of(MixPart(style_id=style.id)))
        for style in saved
    ]
    pages = _pages(shown)
    turns = (("button-previous", (page - 1) % pages), ("button-next", (page + 1) % pages))
    return InlineKeyboardMarkup(
        [
            *rows,
            *_in_whole_rows(offered, marked=True),
            *_in_whole_rows(offered_saved, marked=True),
            [press(texts.plain(language, key), MixDo.TURN, to_page=other) for key, other in turns],
        ]
    )


def found(link: str, language: str | None) -> InlineKeyboardMarkup:
    """Under a style that somebody shows in another chat: the way to the bot."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.plain(language, "button-inline-paint"), url=link)]])


def papers(job_id: int, language: str | None) -> InlineKeyboardMarkup:
    """A button a sheet of paper, two a row."""
    buttons = [
        _button(texts.plain(language, "button-paper", paper=paper.name, dpi=paper.dpi), PAPER, job_id, paper.key)
        for paper in PAPERS
    ]
    return InlineKeyboardMarkup([buttons[first : first + 2] for first in range(0, len(buttons), 2)])


def lab(user_id: int, language: str | None) -> InlineKeyboardMarkup:
    """A button a study."""
    return InlineKeyboardMarkup(
        [[_button(texts.plain(language, key), LAB, user_id, study.value)] for study, key in STUDIES.items()]
    )


def lab_layers(user_id: int, study: Study, language: str | None) -> InlineKeyboardMarkup:
    """A button a layer, from what sees edges to what sees things."""
    buttons = [
        _button(
            texts.plain(language, "button-layer", layer=texts.plain(language, key)), LAB, user_id, study.value, name
        )
        for name, key in LAYERS.items()
    ]
    return InlineKeyboardMarkup(_in_whole_rows(buttons))


def lab_aspects(user_id: int, layer: str, language: str | None) -> InlineKeyboardMarkup:
    """What of a layer is to be shown."""
    return InlineKeyboardMarkup(
        [
            [_button(texts.plain(language, key), LAB, user_id, Study.LAYER_VIEW.value, layer, aspect.value)]
            for aspect, key in ASPECTS.items()
        ]
    )


def lab_photo(user_id: int, language: str | None, *, offer_last: bool) -> InlineKeyboardMarkup:
    """While the lab waits for a photo: the last one, or none at all."""
    last = [[_button(texts.plain(language, "button-last-photo"), LAB_LAST, user_id)]] if offer_last else []
    return InlineKeyboardMarkup([*last, *never_mind(user_id, language).inline_keyboard])


def never_mind(user_id: int, language: str | None) -> InlineKeyboardMarkup:
    """Under a message that asks for something: not to give it."""
    return InlineKeyboardMarkup([[_button(texts.plain(language, "button-never-mind"), NEVER_MIND, user_id)]])


def languages(chosen: str | None, language: str | None) -> InlineKeyboardMarkup:
    """A button a language, in its own words, and one for that of each person's Telegram."""
    names = {code: texts.plain(code, "language-name") for code in texts.languages()}
    names[NO_LANGUAGE] = texts.plain(language, "button-language-auto")
    mark = chosen or NO_LANGUAGE
    names[mark] = texts.plain(language, "button-chosen", label=names.get(mark, mark))
    buttons = [_button(label, LANGUAGE, code) for code, label in names.items()]
    return InlineKeyboardMarkup(_in_whole_rows(buttons, marked=True))


def job(view: JobView, language: str | None) -> InlineKeyboardMarkup | None:
    """Under a job's status message: what can be done in its state, nothing else."""
    if view.state in OPEN_STATES:
        cancel = texts.plain(language, "button-cancel")
        return None if view.cancel_requested else InlineKeyboardMarkup([[_button(cancel, CANCEL, view.id, red=True)]])
    if view.spec.study is not None:
        return _study(view, view.spec.study, language)
    if view.state == JobState.DONE:
        return _finished(view, language)
    if view.error == "pictures-gone":
        return None
    if view.state in RETRIED_STATES:
        retry = _button(texts.plain(language, "button-retry"), RETRY, view.id)
        restyle = _button(texts.plain(language, "button-other-style"), RESTYLE, view.id)
        return InlineKeyboardMarkup(_in_whole_rows([retry, restyle]))
    # A parked job would only bring the painter down once more.
    return InlineKeyboardMarkup([[_button(texts.plain(language, "button-other-style"), RESTYLE, view.id)]])


def _study(view: JobView, study: Study, language: str | None) -> InlineKeyboardMarkup:
    """Under a study that is over."""
    buttons: dict[str, str] = {}
    if view.state == JobState.DONE:
        if study not in (*FILMED, Study.FEATURE_MAPS):  # those have no dice
            buttons[AGAIN] = "button-again" if view.spec.channel is None else "button-another-channel"
        buttons |= {SWAP: "button-other-way"} if study is Study.MORPH else {FILE: "button-file"}
    elif view.state in RETRIED_STATES and view.error != "pictures-gone":
        buttons[RETRY] = "button-retry"
    row = [_button(texts.plain(language, key), verb, view.id) for verb, key in buttons.items()]
    paint = _button(texts.plain(language, "button-paint-photo"), RESTYLE, view.id)
    more = [*([paint] if PHOTOS_OF[study] == 1 and view.error != "pictures-gone" else [])]
    more.append(_button(texts.plain(language, "button-lab"), LAB_OPEN, view.user_id))
    return InlineKeyboardMarkup([*_in_whole_rows(row), *_in_whole_rows(more)])


def _choices(setting: str, chosen: Preferences, language: str | None) -> list[InlineKeyboardButton]:
    buttons = []
    for place, (value, key) in enumerate(CHOICES[setting].items()):
        label = texts.plain(language, key, px=str(value))
        if value == getattr(chosen, setting):
            label = texts.plain(language, "button-chosen", label=label)
        buttons.append(_button(label, SETTING, setting, place))
    return buttons


def _finished(view: JobView, language: str | None) -> InlineKeyboardMarkup:
    again = _button(texts.plain(language, "button-again"), AGAIN, view.id)
    restyle = _button(texts.plain(language, "button-other-style"), RESTYLE, view.id)
    poster = _button(texts.plain(language, "button-poster"), POSTER, view.id)
    file = _button(texts.plain(language, "button-file"), FILE, view.id)
    film = _button(texts.plain(language, "button-film"), FILM, view.id)
    mixed = _button(texts.plain(language, "button-mix"), MIX_WITH, view.id)
    swap = []
    if view.preset is None and not view.mix:
        swap = [_button(texts.plain(language, key), verb, view.id) for verb, key in OF_A_STYLE_PHOTO.items()]
    if view.spec.method == "poster":
        other_size = _button(texts.plain(language, "button-other-size"), POSTER, view.id)
        return InlineKeyboardMarkup(_in_whole_rows([other_size, restyle]))
    if view.spec.method == "instant":
        generator = is_generator(view.preset)
        more = [restyle, poster, file] if generator else [restyle, mixed, poster, film, file]
        strength, brush, colours = _variations(view, generator, language)
        refine = [] if generator else [_refine(view, language)]
        rows = [refine, strength, brush, *_in_whole_rows([*colours, *more])]
        return InlineKeyboardMarkup([row for row in (*rows, *_in_whole_rows(swap)) if row])
    return InlineKeyboardMarkup([*_in_whole_rows([again, restyle, mixed, poster, film, file]), *_in_whole_rows(swap)])


def _variations(view: JobView, generator: bool, language: str | None) -> list[list[InlineKeyboardButton]]:
    """What can be changed about an instant picture: strength, brush and colours; no step that is at its end already."""
    colours = "button-style-colours" if keeps_colours(view.spec) else "button-photo-colours"
    rows = (
        {Change.SOFTER: "button-softer", Change.STRONGER: "button-stronger"},
        {Change.FINER: "button-finer", Change.BROADER: "button-broader"},
        {Change.COLOURS: colours},
    )
    return [
        [
            _button(texts.plain(language, key), VARY, view.id, change.value)
            for change, key in row.items()
            if vary(view.spec, change, generator=generator) is not None
        ]
        for row in rows
    ]


def _refine(view: JobView, language: str | None) -> InlineKeyboardButton:
    return _button(texts.plain(language, "button-hq"), REFINE, view.id)


def _a_row(buttons: Sequence[InlineKeyboardButton]) -> int:
    """How many of them stand in a row, so that a telephone does not cut their labels short."""
    # Whichever of them is chosen, and so marked: rows are not to move by a press.
    longest = max((width_of(button.text.removeprefix(MARK)) for button in buttons), default=0)
    return 2 if len(buttons) > 3 or len(MARK) + longest > MOST_OF_THREE else 3


def _in_whole_rows(
    buttons: Sequence[InlineKeyboardButton], *, marked: bool = False
) -> list[list[InlineKeyboardButton]]:
    """Two a row in their order, but a long label alone. marked: a press may mark any of them, and is to move none."""
    most = MOST_OF_TWO - (len(MARK) if marked else 0)
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        fits = bool(rows) and len(rows[-1]) == 1 and width_of(rows[-1][0].text.removeprefix(MARK)) <= most
        if fits and width_of(button.text.removeprefix(MARK)) <= most:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def width_of(label: str) -> float:
    """How long a label is, in Latin letters."""
    return sum(next(width for first, width in WIDTHS if ord(sign) >= first) for sign in label)


def _in_rows(buttons: Sequence[InlineKeyboardButton], a_row: int) -> list[list[InlineKeyboardButton]]:
    return [list(buttons[first : first + a_row]) for first in range(0, len(buttons), a_row)]


def _pages(shown: Sequence[Preset]) -> int:
    return max(1, -(-len(shown) // PRESETS_A_PAGE))


def _button(label: str, verb: str, *arguments: str | int, red: bool = False) -> InlineKeyboardButton:
    # Clients from before February 2026 ignore the colour.
    return InlineKeyboardButton(label, callback_data=carry(verb, *arguments), style="danger" if red else None)
