"""Find at once whose a message is, however many jobs there were: a press that is forged must take nobody's."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_jobs_status_message_id", "jobs", ["status_message_id"])
    op.create_index("ix_deliveries_message_id", "deliveries", ["message_id"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_message_id", "deliveries")
    op.drop_index("ix_jobs_status_message_id", "jobs")
