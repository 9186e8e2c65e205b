"""Keep the topic an answer belongs to, whether a picture came as a file, and how far a delivery got."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite gives row ids only to INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Batch mode copies a table where a column goes, and would forget that its numbers are never used twice.
NUMBERED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.add_column(sa.Column("thread_id", BIG_ID, nullable=True))
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("thread_id", BIG_ID, nullable=True))
    with op.batch_alter_table("pictures", table_kwargs=NUMBERED) as pictures:
        pictures.add_column(sa.Column("as_file", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("sending_at", sa.DateTime(timezone=True), nullable=True))
        deliveries.add_column(sa.Column("document_at", sa.DateTime(timezone=True), nullable=True))
        deliveries.add_column(sa.Column("document_file_id", sa.String(length=256), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("deliveries") as deliveries:
        for column in ("document_file_id", "document_at", "sending_at"):
            deliveries.drop_column(column)
    with op.batch_alter_table("pictures", table_kwargs=NUMBERED) as pictures:
        pictures.drop_column("as_file")
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("thread_id")
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.drop_column("thread_id")
