"""Create the first tables: people, pictures, jobs and what surrounds them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite gives row ids only to INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
    )
    op.create_table(
        "previews_sent",
        sa.Column("bot_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("file_id", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "name", name="pk_previews_sent"),
    )
    op.create_table(
        "updates_seen",
        sa.Column("bot_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("update_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name="pk_updates_seen"),
    )
    op.create_index("ix_updates_seen_handled_at", "updates_seen", ["handled_at"])
    op.create_table(
        "users",
        sa.Column("id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "pictures",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("chat_id", BIG_ID, nullable=False),
        sa.Column("message_id", BIG_ID, nullable=False),
        sa.Column("album_id", sa.String(length=64), nullable=True),
        sa.Column("file_id", sa.String(length=256), nullable=False),
        sa.Column("file_unique_id", sa.String(length=64), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("blob_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_pictures_chat_id_chats"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_pictures_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_pictures"),
        sa.UniqueConstraint("chat_id", "message_id", name="uq_pictures_chat_id_message_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_pictures_album", "pictures", ["chat_id", "album_id"])
    op.create_table(
        "drafts",
        sa.Column("chat_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("content_picture_id", BIG_ID, nullable=True),
        sa.Column("album_id", sa.String(length=64), nullable=True),
        sa.Column("album_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_drafts_chat_id_chats"),
        sa.ForeignKeyConstraint(["content_picture_id"], ["pictures.id"], name="fk_drafts_content_picture_id_pictures"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_drafts_user_id_users"),
        sa.PrimaryKeyConstraint("chat_id", "user_id", name="pk_drafts"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("idem_key", sa.String(length=128), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("chat_id", BIG_ID, nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("interruptions", sa.Integer(), nullable=False),
        sa.Column("content_picture_id", BIG_ID, nullable=False),
        sa.Column("style_picture_id", BIG_ID, nullable=True),
        sa.Column("preset", sa.String(length=64), nullable=True),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("result_key", sa.String(length=64), nullable=True),
        sa.Column("error", sa.String(length=64), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("paint_s", sa.Float(), nullable=True),
        sa.Column("status_message_id", BIG_ID, nullable=True),
        sa.Column("reply_to_message_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(style_picture_id IS NULL) != (preset IS NULL)", name=op.f("ck_jobs_one_style")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_jobs_chat_id_chats"),
        sa.ForeignKeyConstraint(["content_picture_id"], ["pictures.id"], name="fk_jobs_content_picture_id_pictures"),
        sa.ForeignKeyConstraint(["style_picture_id"], ["pictures.id"], name="fk_jobs_style_picture_id_pictures"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_jobs_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("idem_key", name="uq_jobs_idem_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_state_lane_created_at", "jobs", ["state", "lane", "created_at"])
    op.create_index("ix_jobs_user_id_state", "jobs", ["user_id", "state"])
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    op.create_table(
        "deliveries",
        sa.Column("job_id", BIG_ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", BIG_ID, nullable=True),
        sa.Column("file_id", sa.String(length=256), nullable=True),
        sa.Column("given_up", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_deliveries_job_id_jobs", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_delivered_at", "deliveries", ["delivered_at"])
    op.create_table(
        "job_events",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("job_id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_events_job_id_jobs", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_job_events"),
    )
    op.create_index("ix_job_events_job_id", "job_events", ["job_id"])


def downgrade() -> None:
    for table in (
        "job_events",
        "deliveries",
        "jobs",
        "drafts",
        "pictures",
        "users",
        "updates_seen",
        "previews_sent",
        "chats",
    ):
        op.drop_table(table)  # takes its indexes with it
