"""Let people take turns, and keep what admins decide: bans, limits, switches, and the record of their acts."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# SQLite gives row ids only to INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Batch mode copies a table where a column goes, and would forget that its numbers are never used twice.
NUMBERED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        jobs.add_column(sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE jobs SET ranked_at = created_at")
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.alter_column("ranked_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        jobs.create_index("ix_jobs_user_id_created_at", ["user_id", "created_at"])
        jobs.create_index("ix_jobs_lane_state_turn", ["lane", "state", "turn"])
    with op.batch_alter_table("job_events") as events:
        events.create_index("ix_job_events_at", ["at"])
    op.create_table(
        "standings",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("user_id", name="pk_standings"),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_switches"),
    )
    op.create_table(
        "admin_audit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("admin_id", BIG_ID, nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_admin_audit"),
    )


def downgrade() -> None:
    for table in ("admin_audit", "switches", "standings"):
        op.drop_table(table)
    with op.batch_alter_table("job_events") as events:
        events.drop_index("ix_job_events_at")
    with op.batch_alter_table("jobs", table_kwargs=NUMBERED) as jobs:
        jobs.drop_index("ix_jobs_lane_state_turn")
        jobs.drop_index("ix_jobs_user_id_created_at")
        jobs.drop_column("ranked_at")
        jobs.drop_column("turn")
