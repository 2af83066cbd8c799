"""The migrations and the tables say the same."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from models.tables import Base
from ops.database import create_engine
from ops.migrate import newest_revision


async def test_a_migrated_database_has_the_tables_of_the_models(postgres_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        return found

    engine = create_engine(postgres_url)
    try:
        async with engine.connect() as conn:
            assert await conn.run_sync(differences) == []
            revision = await conn.scalar(text("SELECT version_num FROM alembic_version"))
    finally:
        await engine.dispose()
    assert revision == newest_revision()
