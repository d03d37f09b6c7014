"""The first schema: ledger, inbox, read tables, vault, access, and the role that may not change a ledger entry."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None

PARTITIONS = 8
# Roles belong to the whole cluster: another database, or the administrator, may have made it already.
APPLICATION_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiannuo_app') THEN
    CREATE ROLE jiannuo_app NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  -- PostgreSQL 15 knows no right to SET a role apart from being its member.
  IF NOT pg_has_role(current_user, 'jiannuo_app',
                     CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    GRANT jiannuo_app TO CURRENT_USER;
  END IF;
END $$
"""


def upgrade() -> None:
    op.create_table('alert',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('rung', sa.Integer(), nullable=False),
    sa.Column('scheduled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('late_by_system', sa.Boolean(), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('respond_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('alert_case', 'alert', ['case_id'], unique=False)
    op.create_index('alert_open', 'alert', ['status', 'level', 'fired_at'], unique=False)
    op.create_table('alert_addressee',
    sa.Column('alert_id', sa.String(), nullable=False),
    sa.Column('addressee', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('fired_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('alert_id', 'addressee')
    )
    op.create_index('alert_addressee_open', 'alert_addressee', ['addressee', 'status', 'fired_at'], unique=False)
    op.create_table('api_key',
    sa.Column('key_hash', sa.LargeBinary(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key_hash')
    )
    op.create_index('api_key_source', 'api_key', ['source'], unique=False)
    op.create_table('app_user',
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('units', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('login')
    )
    op.create_table('breach',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('clock', sa.String(), nullable=True),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('grade', sa.String(), nullable=True),
    sa.Column('supervision_flag', sa.Boolean(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('breach_case', 'breach', ['case_id'], unique=False)
    op.create_index('breach_status', 'breach', ['status', 'legal_at'], unique=False)
    op.create_index('breach_unit', 'breach', ['unit', 'status', 'legal_at'], unique=False)
    op.create_table('breach_person',
    sa.Column('breach_id', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('working_days', sa.Integer(), nullable=False),
    sa.Column('proposed', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('breach_id', 'person')
    )
    op.create_index('breach_person_record', 'breach_person', ['person', 'status', 'legal_at'], unique=False)
    op.create_table('case_file',
    sa.Column('case_id', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=True),
    sa.Column('item_version', sa.Integer(), nullable=True),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('holder', sa.String(), nullable=True),
    sa.Column('stage', sa.String(), nullable=True),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clock', sa.String(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('statutory_due_on', sa.Date(), nullable=True),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('outcome_kind', sa.String(), nullable=True),
    sa.Column('outcome_status', sa.String(), nullable=True),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('backfilled', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('head_hash', sa.LargeBinary(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('view', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('case_id')
    )
    op.create_index('case_file_due', 'case_file', ['status', 'due_on', 'case_id'], unique=False)
    op.create_index('case_file_holder', 'case_file', ['holder', 'status', 'due_on'], unique=False)
    op.create_index('case_file_item', 'case_file', ['item', 'status', 'due_on'], unique=False)
    op.create_index('case_file_level', 'case_file', ['level', 'due_on'], unique=False, postgresql_where=sa.text("level <> 'none'"))
    op.create_index('case_file_source', 'case_file', ['source', 'expires_at'], unique=False, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_index('case_file_unit', 'case_file', ['unit', 'status', 'due_on'], unique=False)
    op.create_index('case_file_updated', 'case_file', ['updated_at'], unique=False)
    op.create_table('certificate',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('for', sa.String(), nullable=False),
    sa.Column('due_by', sa.Date(), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status_since', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('certificate_case', 'certificate', ['case_id'], unique=False)
    op.create_index('certificate_due', 'certificate', ['status', 'due_by'], unique=False)
    op.create_index('certificate_number', 'certificate', ['number'], unique=False)
    op.create_table('clock_state',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('state', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint('id = 1', name='clock_state_one_row'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('config_entry',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=True),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'id', 'version')
    )
    op.create_index('config_entry_kind', 'config_entry', ['kind', 'effective_from'], unique=False)
    op.create_table('config_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('id = 1', name='config_head_one_row'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('delivery',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('locale', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('notices', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('attempts', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('delivery_recipient', 'delivery', ['recipient', 'created_at'], unique=False)
    op.create_index('delivery_status', 'delivery', ['status', 'created_at'], unique=False)
    op.create_table('entry',
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('stream_kind', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=True),
    sa.Column('schema', sa.Integer(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=True),
    sa.Column('source', sa.String(), nullable=True),
    sa.Column('message_id', sa.String(), nullable=True),
    sa.Column('under', sa.String(), nullable=False),
    sa.Column('alg', sa.String(), nullable=False),
    sa.Column('prev_hash', sa.LargeBinary(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.Column('tx', sa.BigInteger(), server_default=sa.text('pg_current_xact_id()::text::bigint'), nullable=False),
    sa.PrimaryKeyConstraint('stream_id', 'version'),
    postgresql_partition_by='HASH (stream_id)'
    )
    op.create_table('finding',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('person', sa.String(), nullable=True),
    sa.Column('clock', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('finding_case', 'finding', ['case_id'], unique=False)
    op.create_index('finding_kind', 'finding', ['kind', 'status', 'recorded_at'], unique=False)
    op.create_index('finding_opened', 'finding', ['status', 'recorded_at'], unique=False)
    op.create_index('finding_person', 'finding', ['person', 'recorded_at'], unique=False)
    op.create_index('finding_unit', 'finding', ['unit', 'status', 'recorded_at'], unique=False)
    op.create_table('health',
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('reachable_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('what')
    )
    op.create_table('hold',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('hold_case', 'hold', ['case_id'], unique=False)
    op.create_index('hold_open', 'hold', ['status', 'owner', 'recorded_at'], unique=False)
    op.create_table('inbox',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('body_hash', sa.LargeBinary(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('message', sa.String(), nullable=True),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('vault_item', sa.String(), nullable=True),
    sa.Column('pending', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('source', 'message_id')
    )
    op.create_index('inbox_source', 'inbox', ['source', 'received_at'], unique=False)
    op.create_index('inbox_received', 'inbox', ['received_at'], unique=False)
    op.create_index('inbox_stream', 'inbox', ['stream_id'], unique=False)
    op.create_index('inbox_waiting', 'inbox', ['stream_id', 'received_at'], unique=False, postgresql_where=sa.text('pending IS NOT NULL'))
    op.create_table('login_session',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('csrf', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token_hash')
    )
    op.create_index('login_session_expiry', 'login_session', ['expires_at'], unique=False)
    op.create_index('login_session_login', 'login_session', ['login'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('delivery_id', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('message_person', 'message', ['person', 'created_at'], unique=False)
    op.create_index('message_unread', 'message', ['person', 'created_at'], unique=False, postgresql_where=sa.text('read_at IS NULL'))
    op.create_table('notice',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('notice_case', 'notice', ['case_id'], unique=False)
    op.create_index('notice_due', 'notice', ['status', 'recorded_at'], unique=False)
    op.create_index('notice_recipient', 'notice', ['recipient', 'recorded_at'], unique=False)
    op.create_table('parked',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('source', 'message_id')
    )
    op.create_index('parked_case', 'parked', ['case_id'], unique=False)
    op.create_index('parked_since', 'parked', ['since'], unique=False)
    op.create_index('parked_stream', 'parked', ['stream_id'], unique=False)
    op.create_table('proceeding',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=True),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('legal_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('proceeding_id', sa.String(), nullable=False),
    sa.Column('person', sa.String(), nullable=True),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('breach', sa.String(), nullable=True),
    sa.Column('finding', sa.String(), nullable=True),
    sa.Column('grade', sa.String(), nullable=True),
    sa.Column('count_in_window', sa.Integer(), nullable=True),
    sa.Column('proposed_level', sa.Integer(), nullable=True),
    sa.Column('proposed_measure', sa.String(), nullable=True),
    sa.Column('phase', sa.String(), nullable=False),
    sa.Column('statement_until', sa.Date(), nullable=True),
    sa.Column('decided_level', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.String(), nullable=True),
    sa.Column('restoration_due', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('phase_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('owner', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('proceeding_case', 'proceeding', ['case_id'], unique=False)
    op.create_index('proceeding_owner', 'proceeding', ['owner', 'phase', 'phase_until'], unique=False)
    op.create_index('proceeding_person', 'proceeding', ['person', 'opened_at'], unique=False)
    op.create_index('proceeding_phase', 'proceeding', ['phase', 'opened_at'], unique=False)
    op.create_index('proceeding_public_id', 'proceeding', ['proceeding_id'], unique=False)
    op.create_index('proceeding_stream', 'proceeding', ['stream_id'], unique=False)
    op.create_index('proceeding_unit', 'proceeding', ['unit', 'phase', 'opened_at'], unique=False)
    op.create_table('quarantine',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('case_id', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('source', 'message_id')
    )
    op.create_index('quarantine_item', 'quarantine', ['item'], unique=False)
    op.create_index('quarantine_since', 'quarantine', ['since'], unique=False)
    op.create_table('signing_key',
    sa.Column('kid', sa.String(), nullable=False),
    sa.Column('alg', sa.String(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('private_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('compromised_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('kid')
    )
    op.create_table('source_watermark',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('through', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('source')
    )
    op.create_table('stream',
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('head_hash', sa.LargeBinary(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('backfilled', sa.Boolean(), nullable=False),
    sa.Column('snapshot', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('stream_id')
    )
    op.create_index('stream_waiting', 'stream', ['stream_id'], unique=False, postgresql_where=sa.text('waiting > 0'))
    op.create_table('vault_item',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('vault_item_subject', 'vault_item', ['subject'], unique=False)
    op.create_table('vault_key',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('applicant', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('subject')
    )
    op.create_index('vault_key_applicant', 'vault_key', ['applicant'], unique=False)
    op.create_table('wake',
    sa.Column('stream_id', sa.String(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('armed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended', sa.Boolean(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('sent_seq', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('stream_id')
    )
    op.create_index('wake_due', 'wake', ['next_at'], unique=False, postgresql_where=sa.text('next_at IS NOT NULL'))
    op.create_index('wake_unsent', 'wake', ['stream_id'], unique=False, postgresql_where=sa.text('seq > sent_seq'))
    for number in range(PARTITIONS):
        op.execute(
            f"CREATE TABLE entry_p{number} PARTITION OF entry FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )
    # Snapshots stay in the row (no TOAST detour for the hottest table), and rows that are rewritten keep room for that.
    op.execute("ALTER TABLE stream SET (toast_tuple_target = 8160, fillfactor = 70)")
    op.execute("ALTER TABLE wake SET (fillfactor = 70)")
    op.execute("ALTER TABLE case_file SET (fillfactor = 80)")
    op.execute("INSERT INTO config_head (id, version) VALUES (1, 0)")
    op.execute(APPLICATION_ROLE)
    op.execute("GRANT USAGE ON SCHEMA public TO jiannuo_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO jiannuo_app")
    op.execute("REVOKE UPDATE, DELETE, TRUNCATE ON entry FROM jiannuo_app")
    for number in range(PARTITIONS):
        op.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON entry_p{number} FROM jiannuo_app")
    op.execute("REVOKE ALL ON alembic_version FROM jiannuo_app")
    op.execute("GRANT SELECT ON alembic_version TO jiannuo_app")


def downgrade() -> None:
    raise NotImplementedError("the ledger is never migrated down; restore a backup instead")
