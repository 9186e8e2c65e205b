"""Remember which message asks somebody for something: it is told when nobody waits any more."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("drafts") as drafts:
        drafts.add_column(sa.Column("prompt_message_id", BIG_ID, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_column("prompt_message_id")
