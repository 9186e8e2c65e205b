"""Count what somebody had asked for that day also after they had themselves deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# SQLite gives row ids only to INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quotas"),
    )
    op.create_index("ix_quotas_who", "quotas", ["who"])
    op.create_index("ix_quotas_asked_at", "quotas", ["asked_at"])


def downgrade() -> None:
    op.drop_table("quotas")
