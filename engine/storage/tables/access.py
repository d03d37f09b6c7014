"""Who may come in: users, sessions, API keys; the keys that sign; the vault of personal data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.storage.tables.columns import instant, json, texts


class AppUser(SQLModel, table=True):
    __tablename__ = "app_user"

    login: str = Field(primary_key=True)
    person: str | None = None
    name: str = ""
    roles: list[str] = texts()
    units: list[str] = texts(sa_column_kwargs={"server_default": "{}"})
    password_hash: str
    locale: str = "zh"
    email: str | None = None
    phone: str | None = None
    preferences: dict[str, Any] = json(sa_column_kwargs={"server_default": text("'{}'::jsonb")})
    active: bool = True
    created_at: datetime = instant()


class LoginSession(SQLModel, table=True):
    """`token_hash`: SHA-256 of the cookie's value; the value itself is nowhere."""

    __tablename__ = "login_session"
    __table_args__: ClassVar[tuple[Index, ...]] = (
        Index("login_session_login", "login"),
        Index("login_session_expiry", "expires_at"),
    )

    token_hash: bytes = Field(primary_key=True)
    login: str
    csrf: str
    created_at: datetime = instant()
    seen_at: datetime = instant()
    expires_at: datetime = instant()


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_key"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("api_key_source", "source"),)

    key_hash: bytes = Field(primary_key=True)
    source: str
    label: str = ""
    created_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)


class SigningKey(SQLModel, table=True):
    """`private_sealed` is wrapped by the master key; public keys stay for ever."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True)
    alg: str = "Ed25519"
    public_key: bytes
    private_sealed: bytes | None = None
    created_at: datetime = instant()
    retired_at: datetime | None = instant(default=None)
    compromised_at: datetime | None = instant(default=None)


class VaultKey(SQLModel, table=True):
    """The key of one subject (a case), wrapped by the master key. Erasure empties `wrapped`.

    `applicant` is a keyed digest of the applicant's reference: it finds all cases of one person and tells nothing.
    """

    __tablename__ = "vault_key"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("vault_key_applicant", "applicant"),)

    subject: str = Field(primary_key=True)
    wrapped: bytes | None = None
    applicant: bytes | None = None
    created_at: datetime = instant()
    erased_at: datetime | None = instant(default=None)


class VaultItem(SQLModel, table=True):
    """One message's raw bytes and sealed words, encrypted together with the subject's key (nonce first)."""

    __tablename__ = "vault_item"
    __table_args__: ClassVar[tuple[Index, ...]] = (Index("vault_item_subject", "subject"),)

    id: str = Field(primary_key=True)
    subject: str
    sealed: bytes
    created_at: datetime = instant()
