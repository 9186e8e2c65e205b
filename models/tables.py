"""What we remember, one class a table. Rows change only inside the use cases of jobs/ and bot/."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Enum,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from models.states import JobState, Lane

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _values(kind: type[StrEnum]) -> list[str]:
    return [word.value for word in kind]


def by_value(kind: type[StrEnum]) -> Enum:
    """A word of that kind, stored as its value in a plain string column: a new word needs no migration."""
    return Enum(kind, native_enum=False, length=16, values_callable=_values)


# SQLite gives row ids only to INTEGER, PostgreSQL needs BIGINT for Telegram's numbers.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every table; datetimes are aware and in UTC."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it so
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        list[dict[str, Any]]: JSON(none_as_null=True),
    }


def _when_created(context: Any) -> Any:
    return context.get_current_parameters()["created_at"]


class User(Base):
    """A person, as Telegram numbers them."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(256))
    language: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    # Set when Telegram says that the person blocked the bot; cleared by their next message.
    blocked_at: Mapped[datetime | None]


class Chat(Base):
    """A chat the bot answers in, as Telegram numbers it."""

    __tablename__ = "chats"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    # Chosen by /language; a private chat's is the person's own choice. None: that of the person's Telegram.
    language: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]
    settings: Mapped[dict[str, Any] | None]  # Preferences of bot/preferences.py; of a group for everybody in it


class Picture(Base):
    """A photo that passed the decoder; its blob is what the decoder wrote, never what was sent."""

    __tablename__ = "pictures"
    # A replayed update finds the row it made the first time.
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        Index("ix_pictures_album", "chat_id", "album_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"))
    message_id: Mapped[int] = mapped_column(BigId)
    album_id: Mapped[str | None] = mapped_column(String(64))
    file_id: Mapped[str] = mapped_column(String(256))
    file_unique_id: Mapped[str] = mapped_column(String(64))
    width_px: Mapped[int]
    height_px: Mapped[int]
    size_bytes: Mapped[int]
    # Sent as a file: what is painted from it is handed over as a file as well.
    as_file: Mapped[bool] = mapped_column(default=False, server_default=false())
    blob_key: Mapped[str | None] = mapped_column(String(64))  # None once the blob expired
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class UserStyle(Base):
    """A style picture that a person saved under a name. Its blob lives as long as the row."""

    __tablename__ = "styles"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        # The same picture saved again is the same style; a repeated update finds the one it made.
        UniqueConstraint("user_id", "file_unique_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(48))
    blob_key: Mapped[str | None] = mapped_column(String(64))  # None where a backup had lost it
    file_unique_id: Mapped[str] = mapped_column(String(64))
    # SHA-256 of the token in the link that shares it: who reads the database can open no style.
    share_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class StyleGuest(Base):
    """Somebody who opened a shared style's link: they may paint with it as long as it is shared."""

    __tablename__ = "style_guests"

    style_id: Mapped[int] = mapped_column(BigId, ForeignKey("styles.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True, index=True)
    since: Mapped[datetime]


class Draft(Base):
    """The half-finished request of one person in one chat."""

    __tablename__ = "drafts"

    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"), primary_key=True)
    thread_id: Mapped[int | None] = mapped_column(BigId)  # the topic its last picture came in
    content_picture_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("pictures.id"))
    # An album arrives as one update a picture with no mark on the last: it is judged when album_due_at has passed.
    album_id: Mapped[str | None] = mapped_column(String(64))
    album_due_at: Mapped[datetime | None]
    # Styles, as in Job.mix: what the next photo is painted in, and what is being put together by buttons.
    chosen: Mapped[list[dict[str, Any]] | None]
    mixing: Mapped[list[dict[str, Any]] | None]
    naming_style_id: Mapped[int | None] = mapped_column(BigId)  # what the next words are the name of
    study: Mapped[dict[str, Any] | None]  # what is being asked of the lab: Wanted of bot/studies.py
    # The message that asks for one of these three: for a photo to paint in what was chosen, a name, photos of a study.
    prompt_message_id: Mapped[int | None] = mapped_column(BigId)
    updated_at: Mapped[datetime]


class Job(Base):
    """One picture to paint. Changes only by compare-and-set on (id, attempt)."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "preset IS NULL OR (style_picture_id IS NULL AND mix IS NULL)",
            name="one_style",
        ),
        Index("ix_jobs_state_lane_created_at", "state", "lane", "created_at"),
        Index("ix_jobs_user_id_state", "user_id", "state"),
        Index("ix_jobs_user_id_created_at", "user_id", "created_at"),
        Index("ix_jobs_lane_state_turn", "lane", "state", "turn"),
        Index("ix_jobs_finished_at", "finished_at"),
        # An old button must never meet a newer job of the same number.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What was asked, by message or button press: a replayed update finds its job instead of making a second.
    idem_key: Mapped[str] = mapped_column(String(128), unique=True)
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id"))
    chat_id: Mapped[int] = mapped_column(BigId, ForeignKey("chats.id"))
    thread_id: Mapped[int | None] = mapped_column(BigId)  # the topic that every answer goes to
    lane: Mapped[Lane] = mapped_column(by_value(Lane))
    # Who goes first: inside a lane the smaller turn, then the smaller number; between lanes the earlier ranked_at.
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    ranked_at: Mapped[datetime] = mapped_column(default=_when_created)
    state: Mapped[JobState] = mapped_column(by_value(JobState), default=JobState.QUEUED)
    # The fencing token: a worker whose attempt is not the row's may change nothing.
    attempt: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    interruptions: Mapped[int] = mapped_column(default=0)
    # A study of the lab has no style, and its second photo in that place; what a layer likes needs no photo at all.
    content_picture_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("pictures.id"))
    style_picture_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("pictures.id"))
    preset: Mapped[str | None] = mapped_column(String(64))
    # Several styles, or a saved one: MixParts of jobs/values.py. One part can be the style picture above.
    mix: Mapped[list[dict[str, Any]] | None]
    spec: Mapped[dict[str, Any]]  # JobSpec of jobs/values.py
    worker: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    step: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    stage: Mapped[str] = mapped_column(String(64), default="")
    result_key: Mapped[str | None] = mapped_column(String(64))  # blob of the result until it expires
    film_key: Mapped[str | None] = mapped_column(String(64))  # the same of how it came to be, where that was filmed
    error: Mapped[str | None] = mapped_column(String(64))  # key of the sentence for the user, never free text
    report: Mapped[dict[str, Any] | None]
    paint_s: Mapped[float | None] = mapped_column(Float)
    # The one message that goes from "queued" over previews to the result. The index has no chat in it: by that alone
    # SQLite would look through all jobs of a group for one whose message its delivery knows.
    status_message_id: Mapped[int | None] = mapped_column(BigId, index=True)
    reply_to_message_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class JobEvent(Base):
    """The timeline of a job."""

    __tablename__ = "job_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    job_id: Mapped[int] = mapped_column(BigId, ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(32))
    detail: Mapped[dict[str, Any] | None]


class Delivery(Base):
    """The answer that a finished job owes its chat; made in the transaction that finishes the job."""

    __tablename__ = "deliveries"

    job_id: Mapped[int] = mapped_column(BigId, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    # Set before a new message is sent: where it stands without delivered_at, nobody knows whether one arrived.
    sending_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None] = mapped_column(index=True)
    message_id: Mapped[int | None] = mapped_column(BigId, index=True)
    file_id: Mapped[str | None] = mapped_column(String(256))
    # Set before the result is sent as a file without being asked for; that is not done twice.
    document_at: Mapped[datetime | None]
    document_file_id: Mapped[str | None] = mapped_column(String(256))  # sent again by this, without an upload
    # The same of what moves, be it the result itself or what goes after it.
    extra_at: Mapped[datetime | None]
    film_file_id: Mapped[str | None] = mapped_column(String(256))
    # Set where nobody is left to deliver to: the person blocked the bot, the chat is gone.
    given_up: Mapped[str | None] = mapped_column(String(64))


class UpdateSeen(Base):
    """An update stored before it was confirmed to Telegram; replayed at start while handled_at is empty."""

    __tablename__ = "updates_seen"

    bot_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None] = mapped_column(index=True)
    # Counted before handling: an update that takes the process down with it is not tried for ever.
    tries: Mapped[int] = mapped_column(default=0)


class Standing(Base):
    """What admins decided about a person. No foreign key: it stays when the person has everything else deleted."""

    __tablename__ = "standings"

    user_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=false())
    banned_at: Mapped[datetime | None]
    daily_limit: Mapped[int | None]  # instead of the setting
    quiet: Mapped[bool] = mapped_column(default=False, server_default=false())  # an admin who wants no alerts


class Spent(Base):
    """What somebody who had themselves deleted had asked for that day: it counts for as long as it would have.

    who: a keyed hash of their number; the key is not in the database, so the row tells nobody who it was.
    """

    __tablename__ = "quotas"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    who: Mapped[str] = mapped_column(String(64), index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)


class Switch(Base):
    """What admins set for everybody, and what must outlive a restart; no row: nothing is set."""

    __tablename__ = "switches"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[dict[str, Any]]


class AdminAct(Base):
    """What an admin did. It outlives whatever it was done to, so it refers to nothing."""

    __tablename__ = "admin_audit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    admin_id: Mapped[int] = mapped_column(BigId)
    act: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))  # a person's or a job's number, or a name
    detail: Mapped[dict[str, Any] | None]


class Broadcast(Base):
    """Words of an admin's for everybody. Goes from person to person in the order of their numbers."""

    __tablename__ = "broadcasts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    admin_id: Mapped[int] = mapped_column(BigId)
    words: Mapped[str] = mapped_column(Text)  # as Telegram's HTML
    state: Mapped[str] = mapped_column(String(16))  # draft, running, done or cancelled
    reached_id: Mapped[int | None] = mapped_column(BigId)  # the last person it was sent to; a restart goes on there
    sent: Mapped[int] = mapped_column(default=0)
    blocked: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class PreviewSent(Base):
    """A shipped picture that Telegram already holds: sent again by file_id. File ids belong to one bot."""

    __tablename__ = "previews_sent"

    bot_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(256))
