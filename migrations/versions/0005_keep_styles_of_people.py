"""Keep styles that people saved and share, and let a job have several styles."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite gives row ids only to INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Batch mode copies a table where a column goes, and would forget that its numbers are never used twice.
NUMBERED = {"sqlite_autoincrement": True}
ONE_OF_TWO = "(style_picture_id IS NULL) != (preset IS NULL)"
ONE_OR_A_MIX = f"(mix IS NULL AND {ONE_OF_TWO}) OR (mix IS NOT NULL AND preset IS NULL)"


def upgrade() -> None:
    op.create_table(
        "styles",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("blob_key", sa.String(length=64), nullable=True),
        sa.Column("file_unique_id", sa.String(length=64), nullable=False),
        sa.Column("share_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_styles_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_styles"),
        sa.UniqueConstraint("user_id", "name", name="uq_styles_user_id_name"),
        sa.UniqueConstraint("user_id", "file_unique_id", name="uq_styles_user_id_file_unique_id"),
        sa.UniqueConstraint("share_hash", name="uq_styles_share_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "style_guests",
        sa.Column("style_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["style_id"], ["styles.id"], name="fk_style_guests_style_id_styles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_style_guests_user_id_users"),
        sa.PrimaryKeyConstraint("style_id", "user_id", name="pk_style_guests"),
    )
    op.create_index("ix_style_guests_user_id", "style_guests", ["user_id"])
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("chosen", sa.JSON(), nullable=True))
        drafts.add_column(sa.Column("mixing", sa.JSON(), nullable=True))
        drafts.add_column(sa.Column("naming_style_id", BIG_ID, nullable=True))
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.add_column(sa.Column("mix", sa.JSON(), nullable=True))
        jobs.drop_constraint(op.f("ck_jobs_one_style"), type_="check")
        jobs.create_check_constraint(op.f("ck_jobs_one_style"), ONE_OR_A_MIX)


def downgrade() -> None:
    # The version before knows one style a job: that of a mix is then called so, and cannot be painted again.
    op.execute("UPDATE jobs SET preset = 'mix' WHERE mix IS NOT NULL AND style_picture_id IS NULL")
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.drop_constraint(op.f("ck_jobs_one_style"), type_="check")
        jobs.drop_column("mix")
        jobs.create_check_constraint(op.f("ck_jobs_one_style"), ONE_OF_TWO)
    with op.batch_alter_table("drafts") as drafts:
        for column in ("naming_style_id", "mixing", "chosen"):
            drafts.drop_column(column)
    op.drop_table("style_guests")
    op.drop_table("styles")
