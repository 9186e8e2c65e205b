"""Keep films beside pictures, and studies of the lab, which have no style and need no photo."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite gives row ids only to INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Batch mode copies a table where a column goes, and would forget that its numbers are never used twice.
NUMBERED = {"sqlite_autoincrement": True}
ONE_OF_TWO = "(style_picture_id IS NULL) != (preset IS NULL)"
ONE_OR_A_MIX = f"(mix IS NULL AND {ONE_OF_TWO}) OR (mix IS NOT NULL AND preset IS NULL)"
ONE_AT_MOST = "preset IS NULL OR (style_picture_id IS NULL AND mix IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.add_column(sa.Column("film_key", sa.String(length=64), nullable=True))
        jobs.alter_column("content_picture_id", existing_type=BIG_ID, nullable=True)
        jobs.drop_constraint(op.f("ck_jobs_one_style"), type_="check")
        jobs.create_check_constraint(op.f("ck_jobs_one_style"), ONE_AT_MOST)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("film_file_id", sa.String(length=256), nullable=True))
        deliveries.add_column(sa.Column("extra_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("study", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("study")
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_column("extra_at")
        deliveries.drop_column("film_file_id")
    # The version before has no jobs without a photo, and one style a job: that of a study is then called so.
    op.execute("DELETE FROM deliveries WHERE job_id IN (SELECT id FROM jobs WHERE content_picture_id IS NULL)")
    op.execute("DELETE FROM job_events WHERE job_id IN (SELECT id FROM jobs WHERE content_picture_id IS NULL)")
    op.execute("DELETE FROM jobs WHERE content_picture_id IS NULL")
    op.execute("UPDATE jobs SET preset = 'study' WHERE preset IS NULL AND style_picture_id IS NULL AND mix IS NULL")
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.drop_constraint(op.f("ck_jobs_one_style"), type_="check")
        jobs.create_check_constraint(op.f("ck_jobs_one_style"), ONE_OR_A_MIX)
        jobs.alter_column("content_picture_id", existing_type=BIG_ID, nullable=False)
        jobs.drop_column("film_key")
